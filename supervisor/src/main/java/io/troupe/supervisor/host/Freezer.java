package io.troupe.supervisor.host;

import io.troupe.syscall.ChangingFile;
import io.troupe.syscall.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What stops all processes of a cgroup and lets them go on: of version 1 (freezer-subsystem) or 2 (cgroup.freeze). */
public sealed interface Freezer {
    /** A process that cannot be stopped, such as one that waits for a dead NFS server, must not be waited for longer. */
    Duration DEADLINE = Duration.ofSeconds(5);

    /** {@return the freezer among these cgroups of one container; that of version 1, where both are} */
    static Optional<Freezer> of(List<String> cgroups) {
        for (String cgroup : cgroups) {
            if (Files.exists(Path.of(cgroup, Legacy.STATE))) {
                return Optional.of(new Legacy(Path.of(cgroup)));
            }
        }
        for (String cgroup : cgroups) {
            if (Files.exists(Path.of(cgroup, Unified.FREEZE))) {
                return Optional.of(new Unified(Path.of(cgroup)));
            }
        }
        return Optional.empty();
    }

    /** {@return whether its processes are, or are to be, stopped} */
    boolean frozen() throws IOException;

    /** Stops its processes. Blocks until they have; if they do not within {@link #DEADLINE}, all go on, and it fails. */
    void freeze(EventLoop loop) throws IOException;

    /** Lets its processes go on. */
    void thaw() throws IOException;

    /** Version 1. */
    record Legacy(Path cgroup) implements Freezer {
        private static final String STATE = "freezer.state";
        private static final String THAWED = "THAWED";
        private static final String FROZEN = "FROZEN";
        private static final long FIRST_PAUSE_NANOS = 50_000;
        private static final long LONGEST_PAUSE_NANOS = 20_000_000;

        @Override
        public boolean frozen() throws IOException {
            return !state().equals(THAWED);
        }

        /** It stays FREEZING while processes are made, and tells nobody when it is done: it has to be asked. */
        @Override
        public void freeze(EventLoop loop) throws IOException {
            long end = System.nanoTime() + DEADLINE.toNanos();
            write(FROZEN);
            for (long pause = FIRST_PAUSE_NANOS;
                    !state().equals(FROZEN);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
                if (System.nanoTime() > end) {
                    write(THAWED);
                    throw late(cgroup);
                }
                LockSupport.parkNanos(pause);
                write(FROZEN);
            }
        }

        @Override
        public void thaw() throws IOException {
            write(THAWED);
        }

        private String state() throws IOException {
            return Files.readString(cgroup.resolve(STATE)).trim();
        }

        private void write(String state) throws IOException {
            Files.writeString(cgroup.resolve(STATE), state);
        }
    }

    /** Version 2. */
    record Unified(Path cgroup) implements Freezer {
        private static final String FREEZE = "cgroup.freeze";
        private static final String EVENTS = "cgroup.events";

        @Override
        public boolean frozen() throws IOException {
            return Files.readString(cgroup.resolve(FREEZE)).trim().equals("1");
        }

        @Override
        public void freeze(EventLoop loop) throws IOException {
            try (ChangingFile events = ChangingFile.open(cgroup.resolve(EVENTS))) {
                write("1");
                CompletableFuture<Void> frozen =
                        events.until(loop, text -> text.lines().anyMatch("frozen 1"::equals));
                frozen.orTimeout(DEADLINE.toNanos(), TimeUnit.NANOSECONDS).join();
            } catch (CompletionException problem) {
                if (problem.getCause() instanceof IOException cause) {
                    throw cause;
                }
                write("0");
                throw late(cgroup);
            }
        }

        @Override
        public void thaw() throws IOException {
            write("0");
        }

        private void write(String wish) throws IOException {
            Files.writeString(cgroup.resolve(FREEZE), wish);
        }
    }

    private static IOException late(Path cgroup) {
        return new IOException(
                "not all processes of " + cgroup + " stopped within " + DEADLINE.toSeconds() + " s; they go on");
    }
}
