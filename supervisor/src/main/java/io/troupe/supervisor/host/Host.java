package io.troupe.supervisor.host;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.syscall.Self;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@link HostFacts}. */
public final class Host {
    private static final String WHOLE_ID_RANGE = "0 0 4294967295";
    private static final int OLDEST_MAJOR = 5;
    private static final int OLDEST_MINOR = 14;

    private Host() {}

    /**
     * {@return the facts of this host}
     *
     * @throws FailureException SYSTEM, if the kernel is older than 5.14
     */
    public static HostFacts read() throws IOException {
        String release = line("/proc/sys/kernel/osrelease");
        requireKernel(release);
        CgroupLayout cgroups = layout(
                Files.readString(Path.of("/proc/self/mountinfo")),
                Files.readString(Path.of("/proc/self/cgroup")),
                root -> lineOr(root + "/cgroup.controllers", ""));
        String cpuset = cgroups.hierarchyOf("cpuset")
                .map(CgroupLayout.Hierarchy::mountPoint)
                .orElse("");
        return new HostFacts(
                release,
                ProcFs.bootId(),
                cgroups,
                cpuset.isEmpty() ? "" : lineOr(cpuset + "/cpuset.cpus", ""),
                cpuset.isEmpty() ? "" : lineOr(cpuset + "/cpuset.mems", ""),
                Integer.parseInt(line("/proc/sys/kernel/cap_last_cap")),
                capabilities(Files.readString(Path.of("/proc/self/status"))),
                line("/proc/self/uid_map").trim().replaceAll("\\s+", " ").equals(WHOLE_ID_RANGE),
                Self.effectiveUid(),
                delegate());
    }

    private static List<String> delegate() {
        List<String> files = words(lineOr("/sys/kernel/cgroup/delegate", ""), "\n");
        return files.isEmpty() ? HostFacts.DELEGATE : files;
    }

    /** How the controllers of a version 2 hierarchy are read, by its mount point. */
    @FunctionalInterface
    interface Controllers {
        String of(String mountPoint);
    }

    static void requireKernel(String release) {
        String[] parts = release.split("[^0-9]+", -1);
        int major = Integer.parseInt(parts[0]);
        int minor = parts.length > 1 && !parts[1].isEmpty() ? Integer.parseInt(parts[1]) : 0;
        if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    "kernel " + release,
                    "it is older than " + OLDEST_MAJOR + "." + OLDEST_MINOR,
                    "Use a newer one");
        }
    }

    /** {@return the layout that the texts of /proc/self/mountinfo and /proc/self/cgroup describe (proc(5), cgroups(7))} */
    static CgroupLayout layout(String mountinfo, String membership, Controllers controllers) {
        Map<Set<String>, String> own = memberships(membership);
        List<CgroupLayout.Hierarchy> hierarchies = new ArrayList<>();
        Optional<CgroupLayout.Hierarchy> unified = Optional.empty();
        Set<Set<String>> seen = new HashSet<>();
        for (String line : mountinfo.lines().toList()) {
            String[] halves = line.split(" - ", -1);
            String[] mount = halves[0].split(" ", -1);
            String[] fileSystem = halves.length > 1 ? halves[1].split(" ", -1) : new String[0];
            if (mount.length < 5 || fileSystem.length < 3) {
                continue;
            }
            String point = unescaped(mount[4]);
            if (fileSystem[0].equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(new CgroupLayout.Hierarchy(
                        words(controllers.of(point), " "), point, own.getOrDefault(Set.of(), "/")));
            } else if (fileSystem[0].equals("cgroup")) {
                Set<String> options = new HashSet<>(words(fileSystem[2], ","));
                own.forEach((names, path) -> {
                    if (!names.isEmpty() && options.containsAll(names) && seen.add(names)) {
                        hierarchies.add(new CgroupLayout.Hierarchy(
                                names.stream().sorted().toList(), point, path));
                    }
                });
            }
        }
        return new CgroupLayout(hierarchies, unified);
    }

    private static Map<Set<String>, String> memberships(String text) {
        Map<Set<String>, String> own = new HashMap<>();
        for (String line : text.lines().toList()) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3) {
                own.put(Set.copyOf(words(parts[1], ",")), parts[2]);
            }
        }
        return own;
    }

    /** {@return what this process may give to others: what is both permitted and in the bounding set} */
    static long capabilities(String status) {
        return hex(status, "CapPrm:") & hex(status, "CapBnd:");
    }

    private static long hex(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> Long.parseUnsignedLong(line.substring(key.length()).trim(), 16))
                .orElse(0L);
    }

    private static List<String> words(String text, String separator) {
        return List.of(text.trim().split(separator, -1)).stream()
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** mountinfo writes blanks, tabs, line feeds and backslashes in octal. */
    private static String unescaped(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private static String line(String file) throws IOException {
        return Files.readString(Path.of(file)).trim();
    }

    private static String lineOr(String file, String otherwise) {
        try {
            return line(file);
        } catch (NoSuchFileException _) {
            return otherwise;
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM, file, "cannot read it: " + problem.getMessage(), "Check the mount");
        }
    }
}
