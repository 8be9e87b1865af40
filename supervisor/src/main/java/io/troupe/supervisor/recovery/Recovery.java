package io.troupe.supervisor.recovery;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.registry.Registry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Brings the containers that live, by the journal, back under watch when a supervisor starts. Those that rest need no actor
 * for that.
 */
public final class Recovery {
    private final Registry registry;
    private final int atOnce;

    /**
     * What came of it.
     *
     * @param reconciled how many agree with the world now
     * @param late those that were not done by the deadline, or cannot be read; their actors go on
     */
    public record Report(int reconciled, List<ContainerName> late) {}

    private record Started(ContainerName name, CompletableFuture<ContainerState> reconciled) {}

    /**
     * @param atOnce how many containers are replayed at the same time, at least 1
     */
    public Recovery(Registry registry, int atOnce) {
        this.registry = registry;
        this.atOnce = atOnce;
    }

    /**
     * {@return what came of it, once all are done or the deadline is over} Blocks.
     *
     * @param present see {@link io.troupe.supervisor.container.ContainerEntity#nameOf}
     * @param states those that are known
     */
    public Report recover(List<ContainerName> present, Map<ContainerName, ContainerState> states, Duration deadline)
            throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        Deque<Started> started = new ArrayDeque<>();
        List<ContainerName> late = new ArrayList<>();
        for (ContainerName name : present) {
            if (states.get(name) instanceof ContainerState.Present state && state.rests()) {
                registry.found(name, state);
                continue;
            }
            if (started.size() >= atOnce) {
                await(started.removeFirst(), end, late);
            }
            started.addLast(new Started(name, registry.reconciled(name).toCompletableFuture()));
        }
        for (Started one : started) {
            await(one, end, late);
        }
        return new Report(present.size() - late.size(), List.copyOf(late));
    }

    private static void await(Started started, long end, List<ContainerName> late) throws InterruptedException {
        try {
            ContainerState _ = started.reconciled().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException overdue) {
            late.add(started.name());
        } catch (ExecutionException unreadable) {
            late.add(started.name()); // its actor tries again, and tells whoever asks why
        }
    }
}
