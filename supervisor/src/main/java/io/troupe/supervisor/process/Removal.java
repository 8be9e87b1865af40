package io.troupe.supervisor.process;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.Cgroups;
import io.troupe.supervisor.systemd.Systemd;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.FileSystems;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Takes away what an incarnation has on the host. Each part by itself, so that one that resists does not save the others. */
final class Removal {
    private Removal() {}

    /**
     * Ends what still runs in the cgroups, then removes them and the private directory. Blocks. Idempotent.
     *
     * @return what could not be removed and why, a line each
     */
    static List<String> remove(Footprint footprint, EventLoop loop, Systemd systemd) {
        List<String> leftovers = new ArrayList<>();
        List<String> used = new ArrayList<>();
        try {
            // Most are empty by then, and rmdir(2) says so.
            for (String cgroup : footprint.allCgroups()) {
                if (FileSystems.removeDirectory(Path.of(cgroup)) == FileSystems.Removal.IN_USE) {
                    used.add(cgroup);
                }
            }
            if (!used.isEmpty()) {
                Cgroups.kill(used, loop);
            }
        } catch (IOException problem) {
            leftovers.add("processes: " + problem.getMessage());
        }
        if (!footprint.scope().isEmpty()) {
            // systemd does so itself once the scope is empty, when it gets to it; whoever comes next needs it gone.
            try {
                systemd.stop(footprint.scope());
            } catch (FailureException problem) {
                leftovers.add(problem.getMessage());
            }
        }
        leftovers.addAll(Cgroups.remove(used));
        footprint.groups().forEach(group -> removeGroup(group, leftovers));
        try {
            removeDirectory(Path.of(footprint.directory()));
        } catch (IOException problem) {
            leftovers.add("directory " + footprint.directory() + ": " + problem.getMessage());
        }
        return leftovers;
    }

    /** Tasks that are left in it go to the group above. */
    private static void removeGroup(String group, List<String> leftovers) {
        try {
            if (FileSystems.removeDirectory(Path.of(group)) == FileSystems.Removal.IN_USE) {
                leftovers.add("resctrl group " + group + ": it is in use");
            }
        } catch (IOException problem) {
            leftovers.add("resctrl group " + group + ": " + problem.getMessage());
        }
    }

    /** Plain files, a socket, one directory with a socket, and one that a root is mounted on. What is more is left, and told. */
    private static void removeDirectory(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(Footprint.CONFIG));
        Files.deleteIfExists(directory.resolve(Footprint.CGROUPS));
        Files.deleteIfExists(directory.resolve(Footprint.START_SOCKET));
        try {
            Files.deleteIfExists(directory); // few have more in it
        } catch (DirectoryNotEmptyException _) {
            removeFlat(directory.resolve(Footprint.NOTIFY));
            removeFlat(directory);
        }
    }

    private static void removeFlat(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                if (entry.endsWith(Footprint.SHARED_ROOT)) {
                    FileSystems.detach(entry);
                }
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException _) {
            return;
        }
        Files.deleteIfExists(directory);
    }
}
