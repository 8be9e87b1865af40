package io.troupe.supervisor.host;

import io.troupe.syscall.FileSystems;
import io.troupe.syscall.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The mounted file system resctrl, whose directories are groups of tasks that share cache and memory bandwidth
 * (the kernel's filesystems/resctrl.rst).
 *
 * @param root where it is mounted, absolute
 * @param fileSystem what linux/magic.h calls it
 */
public record Resctrl(String root, long fileSystem) {
    /** Name of the system property with a directory to take instead, for tests: few machines have the real one. */
    static final String PROPERTY = "troupe.resctrl";

    private static final String TYPE = "resctrl";
    private static final String STATUS = "info/last_cmd_status";
    private static final int DEEPEST = 4;

    /** {@return where it is mounted now; null for nowhere} */
    static @Nullable Resctrl find() throws IOException {
        String instead = System.getProperty(PROPERTY);
        return instead == null
                ? find(Files.readString(MountTable.FILE))
                : new Resctrl(instead, FileSystems.type(Path.of(instead)));
    }

    /** {@return where it is mounted, by the text of /proc/self/mountinfo; null for nowhere} */
    static @Nullable Resctrl find(String mountinfo) {
        return Mount.reachable(mountinfo).stream()
                .filter(mount -> mount.type().equals(TYPE))
                .findFirst()
                .map(mount -> new Resctrl(mount.point(), FileSystems.RDTGROUP_SUPER_MAGIC))
                .orElse(null);
    }

    /** {@return a group's directory} */
    public String directory(String group) {
        return group.equals("/") ? root : root + "/" + group;
    }

    /** {@return whether the kernel can do something, by its name in {@code info}, such as {@code MB}} */
    public boolean can(String feature) {
        return Files.isDirectory(Path.of(root, "info", feature));
    }

    /** {@return what a file says, by its absolute path; empty if it cannot be read} */
    public static String text(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException _) {
            // A group may go at any time, and a counter may have no value.
            return "";
        }
    }

    /** {@return why the kernel refused what was done last with a file in it; empty elsewhere, or if it does not say} */
    public static Optional<String> reason(String file) {
        Path at = Path.of(file).getParent();
        for (int i = 0; i < DEEPEST && at != null; i++, at = at.getParent()) {
            Path status = at.resolve(STATUS);
            if (Files.exists(status)) {
                return Optional.of(text(status.toString())).filter(said -> !said.isEmpty() && !said.equals("ok"));
            }
        }
        return Optional.empty();
    }
}
