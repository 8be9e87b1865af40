package io.troupe.supervisor.host;

import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Cgroup directories: who is in them, what the kernel counted, and their removal. */
public final class Cgroups {
    private static final String PROCS = "cgroup.procs";
    private static final String KILL = "cgroup.kill";
    private static final long END_SECONDS = 10;
    /** A cgroup whose processes fork faster than they are killed is frozen out after this many rounds. */
    private static final int MOST_ROUNDS = 1000;

    private static final String OOM_KILL = "oom_kill";
    /** A directory has its name, its dot, and a dot-dot for each directory in it. */
    private static final int LINKS_OF_LEAF = 2;

    private Cgroups() {}

    /**
     * {@return how often the out-of-memory killer struck in these cgroups and those below them that are still there; 0 if
     * none counts it}
     */
    public static long outOfMemoryKills(List<String> directories) {
        for (String directory : memoryFirst(directories)) {
            long kills = counter(Path.of(directory, "memory.events"), OOM_KILL);
            if (kills < 0) {
                kills = legacyKills(Path.of(directory));
            }
            if (kills >= 0) {
                return kills;
            }
        }
        return 0;
    }

    /** Most hosts mount the controller below its own name; looking at each hierarchy would cost more. */
    private static List<String> memoryFirst(List<String> directories) {
        return directories.stream()
                .sorted(Comparator.comparing((String directory) -> !directory.contains("/memory/")))
                .toList();
    }

    /** Version 1 counts for each cgroup alone. */
    private static long legacyKills(Path directory) {
        long kills = counter(directory.resolve("memory.oom_control"), OOM_KILL);
        try {
            if (kills < 0 || (int) Files.getAttribute(directory, "unix:nlink") <= LINKS_OF_LEAF) {
                return kills;
            }
            for (Path below : tree(directory)) {
                kills += below.equals(directory)
                        ? 0
                        : Math.max(0, counter(below.resolve("memory.oom_control"), OOM_KILL));
            }
        } catch (IOException _) {
            // Those below go while we look: what they counted is gone with them.
        }
        return kills;
    }

    private static long counter(Path file, String key) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key + " "))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(key.length() + 1).trim()))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | java.io.UncheckedIOException _) {
            // Not of this hierarchy, or the cgroup is gone: it does not count.
            return -1;
        }
    }

    /** {@return the pids, as seen here, in these cgroups and the ones below them, ascending} */
    public static Set<Integer> processes(List<String> directories) throws IOException {
        Set<Integer> pids = new TreeSet<>();
        for (String directory : directories) {
            for (Path cgroup : tree(Path.of(directory))) {
                try (Stream<String> lines = Files.lines(cgroup.resolve(PROCS))) {
                    lines.filter(line -> !line.isBlank()).map(Integer::valueOf).forEach(pids::add);
                } catch (NoSuchFileException _) {
                    // It went while we looked.
                } catch (java.io.UncheckedIOException problem) {
                    if (Files.exists(cgroup)) {
                        throw problem.getCause();
                    }
                }
            }
        }
        return pids;
    }

    /**
     * Sends a signal to each process in these cgroups. The oldest comes first: with the first process of a pid namespace the
     * others are killed before one of them sees another's end, and goes on.
     *
     * @return how many got it
     */
    public static int signal(List<String> directories, int signal) throws IOException {
        int sent = 0;
        for (int pid : processes(directories)) {
            try (Pidfd process = Pidfd.open(pid)) {
                // Opened after the pid was read: it is the same process only if it is still in there.
                if (processes(directories).contains(pid) && process.send(signal) == Pidfd.Delivery.SENT) {
                    sent++;
                }
            } catch (SyscallException problem) {
                if (problem.errno() != io.troupe.syscall.Errno.ESRCH) {
                    throw problem;
                }
            }
        }
        return sent;
    }

    /** Kills all processes in these cgroups and waits for their end. Blocks; for a thread that may. */
    public static void kill(List<String> directories, EventLoop loop) throws IOException {
        for (String directory : directories) {
            Path kill = Path.of(directory, KILL);
            if (Files.exists(kill)) {
                Files.writeString(kill, "1");
            }
        }
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Set<Integer> pids = processes(directories);
            pids.remove(0);
            if (pids.isEmpty()) {
                return;
            }
            for (int pid : pids) {
                end(pid, directories, loop);
            }
        }
        throw new IOException("processes in " + directories.getFirst() + " are made faster than they can be killed");
    }

    private static void end(int pid, List<String> directories, EventLoop loop) throws IOException {
        try (Pidfd process = Pidfd.open(pid)) {
            if (!processes(directories).contains(pid)) {
                return;
            }
            process.send(Signals.SIGKILL);
            thaw(directories);
            process.whenEnded(loop).orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
        } catch (SyscallException problem) {
            if (problem.errno() != io.troupe.syscall.Errno.ESRCH) {
                throw problem;
            }
        } catch (CompletionException problem) {
            throw new IOException("process " + pid + " did not end within " + END_SECONDS + " s of SIGKILL", problem);
        }
    }

    /** In version 1 a frozen process does not end of SIGKILL; the freezer may be of a cgroup that the container made. */
    private static void thaw(List<String> directories) throws IOException {
        for (String directory : directories) {
            for (Path cgroup : tree(Path.of(directory)).reversed()) {
                Optional<Freezer> freezer = Freezer.of(List.of(cgroup.toString()));
                if (freezer.isPresent() && freezer.get().frozen()) {
                    freezer.get().thaw();
                }
            }
        }
    }

    /**
     * Removes cgroups with those below them.
     *
     * @return what could not be removed and why, a line each
     */
    public static List<String> remove(List<String> directories) {
        List<String> leftovers = new ArrayList<>();
        for (String directory : directories) {
            Path cgroup = Path.of(directory);
            try {
                for (Path each : tree(cgroup)) {
                    Files.deleteIfExists(each);
                }
            } catch (IOException problem) {
                leftovers.add("cgroup " + directory + ": " + problem.getMessage());
            }
        }
        return leftovers;
    }

    /** {@return the directory and those below it, the deepest first; empty if it is not there} */
    private static List<Path> tree(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        collect(directory, found);
        return found;
    }

    private static void collect(Path directory, List<Path> found) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.filter(Files::isDirectory).toList()) {
                collect(child, found);
            }
        } catch (NoSuchFileException _) {
            return;
        } catch (FileSystemException problem) {
            if (Files.notExists(directory)) {
                return;
            }
            throw problem;
        }
        found.add(directory);
    }
}
