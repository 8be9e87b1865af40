package io.troupe.supervisor.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Cgroups of version 1's cpuset, which containers are given only once they need one (cpuset(7)): they begin empty, and
 * take no process before they are filled.
 */
public final class Cpusets {
    private static final String CONTROLLER = "cpuset";
    private static final List<String> FILES = List.of("cpuset.cpus", "cpuset.mems");
    /** Each round moves all that were there when it began: only what was forked meanwhile is left. */
    private static final int MOST_ROUNDS = 1000;

    private Cpusets() {}

    /**
     * Makes a cgroup that allows what the one above it allows, and so for those on the way to it. What is there stays as it
     * is.
     *
     * @param top of the hierarchy, absolute
     * @param directory the cgroup below it, absolute
     */
    public static void make(Path top, Path directory) throws IOException {
        Path above = top;
        for (Path name : top.relativize(directory)) {
            Path cgroup = above.resolve(name);
            for (String file : FILES) {
                String allowed = Files.readString(above.resolve(file)); // first: where it is missing, no cgroup belongs
                if (!Files.isDirectory(cgroup)) {
                    Files.createDirectory(cgroup);
                }
                if (Files.readString(cgroup.resolve(file)).isBlank()) {
                    Files.writeString(cgroup.resolve(file), allowed);
                }
            }
            above = cgroup;
        }
    }

    /** {@return whether a cgroup is there and takes processes} */
    public static boolean isReady(Path directory) throws IOException {
        for (String file : FILES) {
            Path path = directory.resolve(file);
            if (!Files.exists(path) || Files.readString(path).isBlank()) {
                return false;
            }
        }
        return true;
    }

    /** {@return the directory of the cgroup that a process is in; empty where there is none, or no such process} */
    public static Optional<String> of(int pid, CgroupLayout layout) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "cgroup"))) {
                String[] parts = line.split(":", 3);
                if (List.of(parts[1].split(",", -1)).contains(CONTROLLER)) {
                    return layout.hierarchyOf(CONTROLLER).map(hierarchy -> hierarchy.directory(parts[2]));
                }
            }
        } catch (IOException _) {
            // It has ended meanwhile.
        }
        return Optional.empty();
    }

    /**
     * Moves into a cgroup who is not in it, until nobody is left outside.
     *
     * @param directory absolute
     * @param cgroups who is in these of other hierarchies, or below them, is meant
     * @throws IOException if one cannot be moved; others may have been
     */
    public static void gather(Path directory, List<String> cgroups) throws IOException {
        Set<Integer> before = Set.of();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Set<Integer> outside = outside(directory, cgroups);
            // A process whose first thread has ended is listed where that was: its other threads have moved.
            if (outside.isEmpty() || outside.equals(before)) {
                return;
            }
            for (int pid : outside) {
                move(pid, directory, cgroups);
            }
            before = outside;
        }
        throw new IOException("its processes fork faster than they can be moved to " + directory);
    }

    private static Set<Integer> outside(Path directory, List<String> cgroups) throws IOException {
        Set<Integer> pids = new HashSet<>(Cgroups.processes(cgroups));
        pids.removeAll(Cgroups.processes(List.of(directory.toString())));
        pids.remove(0);
        return pids;
    }

    private static void move(int pid, Path directory, List<String> cgroups) throws IOException {
        try {
            Files.writeString(directory.resolve("cgroup.procs"), Integer.toString(pid));
        } catch (IOException problem) {
            if (Cgroups.processes(cgroups).contains(pid)) {
                throw problem;
            }
        }
    }
}
