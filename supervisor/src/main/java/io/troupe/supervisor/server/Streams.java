package io.troupe.supervisor.server;

import io.troupe.supervisor.criu.StreamNames;
import io.troupe.supervisor.host.MountPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Where a process's standard streams go, as CRIU calls it. */
final class Streams {
    private static final int STREAMS = 3;
    private static final String MOUNT = "mnt_id:";
    private static final String TERMINALS = "/dev/pts/";

    private Streams() {}

    /** {@return their names, in the order of the descriptors; "" for one that is closed} */
    static List<String> of(int pid) throws IOException {
        Set<Integer> mounts = MountPoints.idsOf(pid);
        List<String> names = new ArrayList<>();
        for (int number = 0; number < STREAMS; number++) {
            names.add(name(pid, number, mounts));
        }
        return names;
    }

    private static String name(int pid, int number, Set<Integer> mounts) throws IOException {
        Path stream = Path.of("/proc/" + pid + "/fd/" + number);
        if (!Files.exists(stream, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        String shown = Files.readSymbolicLink(stream).toString();
        int mount = mount(pid, number);
        // A terminal of the host's is the caller's, which --shell-job is for. Pipes and sockets have no path.
        if (!shown.startsWith("/") || shown.startsWith(TERMINALS) || mounts.contains(mount)) {
            return shown;
        }
        long inode = (Long) Files.getAttribute(stream, "unix:ino");
        return String.format(Locale.ROOT, "%s%x:%x]", StreamNames.FILE, mount, inode);
    }

    private static int mount(int pid, int number) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/fdinfo/" + number)).stream()
                .filter(line -> line.startsWith(MOUNT))
                .map(line -> Integer.parseInt(line.substring(MOUNT.length()).strip()))
                .findFirst()
                .orElse(0);
    }
}
