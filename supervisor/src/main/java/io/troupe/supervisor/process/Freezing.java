package io.troupe.supervisor.process;

import io.troupe.supervisor.host.Freezer;
import io.troupe.supervisor.systemd.Systemd;
import io.troupe.syscall.EventLoop;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is written to the cgroups of one container, each after the one before: stopping processes takes its time. */
final class Freezing {
    private static final Logger LOG = LoggerFactory.getLogger(Freezing.class);
    private static final Executor ELSEWHERE =
            work -> Thread.ofVirtual().name("freezer-work").start(work);

    private final EventLoop loop;
    private final Systemd systemd;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    /** It has been frozen, or may soon be. */
    private boolean cold;

    Freezing(EventLoop loop, Systemd systemd) {
        this.loop = loop;
        this.systemd = systemd;
    }

    /** {@return whether it is frozen now, as was not known before} */
    boolean look(Footprint footprint) {
        try {
            Optional<Freezer> freezer = Freezer.of(footprint.cgroups());
            cold = freezer.isPresent() && freezer.get().frozen();
        } catch (IOException problem) {
            LOG.warn("whether {} is frozen: {}", footprint.cgroups(), problem.getMessage());
        }
        return cold;
    }

    void set(ProcessCommand.Freeze command) {
        cold = cold || command.frozen();
        after(() -> command.replyTo().tell(new FreezerAnswer(problem(command))));
    }

    void set(ProcessCommand.SetLimits command) {
        after(() -> command.replyTo().tell(new LimitsAnswer(Limits.set(command.changes(), systemd))));
    }

    /** In version 1 a frozen process does not end of SIGKILL until it is thawed. */
    void thawKilled(Footprint footprint) {
        if (!cold) {
            return;
        }
        cold = false;
        after(() -> {
            try {
                Optional<Freezer> freezer = Freezer.of(footprint.cgroups());
                if (freezer.isPresent() && freezer.get().frozen()) {
                    freezer.get().thaw();
                }
            } catch (IOException problem) {
                LOG.warn("a killed container cannot be thawed: {}", problem.getMessage());
            }
        });
    }

    private @Nullable String problem(ProcessCommand.Freeze command) {
        try {
            Optional<Freezer> freezer = Freezer.of(command.footprint().cgroups());
            if (freezer.isEmpty()) {
                return "it has no cgroup with a freezer";
            }
            if (command.frozen()) {
                freezer.get().freeze(loop);
            } else {
                freezer.get().thaw();
            }
            return null;
        } catch (IOException problem) {
            return String.valueOf(problem.getMessage());
        }
    }

    private void after(Runnable work) {
        last = last.thenRunAsync(work, ELSEWHERE);
    }
}
