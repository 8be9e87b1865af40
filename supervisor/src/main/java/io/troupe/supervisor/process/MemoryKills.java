package io.troupe.supervisor.process;

import io.troupe.supervisor.host.Cgroups;
import io.troupe.supervisor.host.OutOfMemory;
import io.troupe.supervisor.host.OutOfMemoryVictims;
import io.troupe.syscall.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the out-of-memory killer did in one container. The kernel's log says to whom; without it, the counts do. */
final class MemoryKills {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryKills.class);

    /** On the loop's thread as well: how often it struck, as far as it was told. */
    private final AtomicLong told = new AtomicLong();

    private OutOfMemory.Watch watch = () -> {};
    private long outlived;

    /**
     * Follows what systemd removes, with its counts, as soon as nobody is in it: a scope on version 2, which is one cgroup.
     * Ends with {@link #forget}.
     */
    void follow(Footprint footprint, EventLoop loop) {
        forget();
        if (footprint.scope().isEmpty() || footprint.cgroups().size() != 1) {
            return;
        }
        try {
            told.set(Cgroups.outOfMemoryKills(footprint.cgroups()));
            watch = OutOfMemory.watch(footprint.cgroups(), loop, told::incrementAndGet);
        } catch (IOException problem) {
            LOG.warn("memory of {}: {}", footprint.scope(), problem.getMessage());
        }
    }

    /** What was told stays known. */
    void forget() {
        watch.close();
        watch = () -> {};
    }

    private long count(Footprint footprint) {
        return Math.max(told.get(), Cgroups.outOfMemoryKills(footprint.cgroups()));
    }

    /** {@return whether systemd has taken the counts away} */
    private static boolean isGone(Footprint footprint) {
        return !footprint.scope().isEmpty()
                && footprint.cgroups().stream().noneMatch(cgroup -> Files.exists(Path.of(cgroup)));
    }

    /** The process lives on after all kills so far, and is about to be killed for another reason. */
    void outlivedBy(Footprint footprint) {
        outlived = count(footprint);
    }

    /** {@return what is to be said of the end of the process} */
    Endings.Memory around(ProcessIdentity process, Footprint footprint) {
        return new Endings.Memory() {
            @Override
            public boolean ranOut() {
                return count(footprint) > 0;
            }

            @Override
            public boolean killedIt() {
                long kills = count(footprint);
                return kills > 0
                        ? named(process).orElse(kills > outlived)
                        : isGone(footprint) && named(process).orElse(false);
            }
        };
    }

    private static Optional<Boolean> named(ProcessIdentity process) {
        try {
            return OutOfMemoryVictims.include(process.pid(), process.startTicks());
        } catch (IOException problem) {
            LOG.warn("whom the out-of-memory killer chose: {}", problem.getMessage());
            return Optional.empty();
        }
    }
}
