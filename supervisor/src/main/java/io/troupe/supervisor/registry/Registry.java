package io.troupe.supervisor.registry;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Status;
import io.troupe.supervisor.container.ContainerEntity;
import io.troupe.supervisor.container.ContainerMessage;
import io.troupe.supervisor.container.ContainerObserver;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Context;
import io.troupe.supervisor.container.Fact;
import io.troupe.supervisor.container.ProcessFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * Finds the actor of a container, making it if need be, and knows the last committed state of every container that is
 * there. For any thread. At most one actor writes a container's stream: one that is stopping is waited for.
 */
public final class Registry implements ContainerObserver {
    /** Who got a reference has told it something long before this is over. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** Actors' names are unique in an actor system, which a test may share among registries. */
    private static final AtomicLong SPAWNED = new AtomicLong();

    private static final Duration STOPPING_DEADLINE = Duration.ofSeconds(30);

    /**
     * What the actors of containers work with.
     *
     * @param idleAfter how long the actor of a container that is not there stays; more than a few seconds
     */
    public record Parts(Clock clock, Context.Wording wording, ProcessFactory processes, Duration idleAfter) {}

    /**
     * A container that is there.
     *
     * @param state the last committed
     */
    public record Entry(ContainerName name, ContainerState.Present state) {}

    private record Slot(
            ActorRef<ContainerMessage> actor,
            AtomicLong usedAtNanos,
            CompletableFuture<ContainerState> reconciled,
            @Nullable CompletableFuture<Boolean> stopping) {
        Slot stop() {
            return new Slot(actor, usedAtNanos, reconciled, new CompletableFuture<>());
        }

        Slot stay() {
            return new Slot(actor, usedAtNanos, reconciled, null);
        }
    }

    private final ActorSystem<?> system;
    private final Parts parts;
    private final Map<ContainerName, Slot> slots = new ConcurrentHashMap<>();
    private final Map<ContainerName, ContainerState.Present> states = new ConcurrentHashMap<>();
    private final Map<ContainerName, Failure> unreadable = new ConcurrentHashMap<>();

    public Registry(ActorSystem<?> system, Parts parts) {
        this.system = system;
        this.parts = parts;
    }

    /**
     * {@return the actor of a container, whether there is such a container or not} Tell it what it is for at once: the
     * reference is not to be kept. May block while a predecessor stops.
     *
     * @throws FailureException TIMEOUT, if the predecessor does not
     */
    public ActorRef<ContainerMessage> container(ContainerName name) {
        return slot(name).actor();
    }

    /**
     * {@return completed with the state once the container's journal agrees with the world after a start; or with a
     * FailureException, if it cannot be read}
     */
    public CompletionStage<ContainerState> reconciled(ContainerName name) {
        return slot(name).reconciled();
    }

    /**
     * Knows a container by what the journal says, without an actor, which is made when somebody asks it. Before clients are
     * served.
     *
     * @param state one that {@link ContainerState#rests}
     */
    public void found(ContainerName name, ContainerState.Present state) {
        states.put(name, state);
    }

    /** {@return the containers that are there, in one namespace of ids, by id} */
    public List<Entry> list(String root) {
        return all().stream().filter(entry -> entry.name().root().equals(root)).toList();
    }

    /** {@return the containers that are there, by root and id} */
    public List<Entry> all() {
        return states.entrySet().stream()
                .map(each -> new Entry(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing((Entry entry) -> entry.name().root())
                        .thenComparing(entry -> entry.name().id()))
                .toList();
    }

    /**
     * {@return the last committed state of a container; empty if it is not there}
     *
     * @throws FailureException JOURNAL, if what the journal has of it cannot be read
     */
    public Optional<ContainerState.Present> find(ContainerName name) {
        Failure failure = unreadable.get(name);
        if (failure != null) {
            throw new FailureException(failure);
        }
        return Optional.ofNullable(states.get(name));
    }

    /** {@return how many containers there are by status word, without those there are none of} */
    public SortedMap<String, Integer> counts() {
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (ContainerState.Present state : states.values()) {
            Status status = state.status();
            if (status != null) {
                counts.merge(status.word(), 1, Integer::sum);
            }
        }
        return counts;
    }

    private Slot slot(ContainerName name) {
        long deadline = System.nanoTime() + STOPPING_DEADLINE.toNanos();
        while (true) {
            Slot slot = slots.compute(name, this::used);
            if (slot.stopping() == null) {
                return slot;
            }
            await(name, slot.stopping(), deadline);
        }
    }

    /** Under the map's lock, as {@link #idle} is, so that no one is stopped who was just given out. */
    private Slot used(ContainerName name, @Nullable Slot slot) {
        Slot present = slot == null ? spawn(name) : slot;
        present.usedAtNanos().set(System.nanoTime());
        return present;
    }

    private static void await(ContainerName name, CompletableFuture<Boolean> stopping, long deadline) {
        try {
            boolean _ = stopping.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException problem) {
            throw stuck(name);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw stuck(name);
        }
    }

    private static FailureException stuck(ContainerName name) {
        return new FailureException(
                FailureCode.TIMEOUT, "container " + name, "its actor is stopping and does not end", "Try again");
    }

    private Slot spawn(ContainerName name) {
        ActorRef<ContainerMessage> actor = system.systemActorOf(
                ContainerEntity.create(new ContainerEntity.Parts(
                        name, parts.clock(), parts.wording(), parts.processes(), this, parts.idleAfter())),
                "container-" + SPAWNED.incrementAndGet(),
                Props.empty());
        return new Slot(actor, new AtomicLong(System.nanoTime()), new CompletableFuture<>(), null);
    }

    @Override
    public void recovered(ContainerName name, ContainerState state) {
        unreadable.remove(name);
        remember(name, state);
    }

    @Override
    public void unreadable(ContainerName name, Failure failure) {
        unreadable.put(name, failure);
        Slot slot = slots.get(name);
        if (slot != null) {
            slot.reconciled().completeExceptionally(new FailureException(failure));
        }
    }

    @Override
    public void reconciled(ContainerName name, ContainerState state) {
        slots.computeIfPresent(name, (_, slot) -> {
            slot.reconciled().complete(state);
            return slot;
        });
    }

    @Override
    public void committed(ContainerName name, ContainerState state, List<Fact> facts) {
        remember(name, state);
    }

    @Override
    public void idle(ContainerName name, ActorRef<ContainerMessage> container) {
        Slot left = slots.computeIfPresent(name, (_, slot) -> unused(slot) ? slot.stop() : slot);
        if (left != null && left.stopping() != null) {
            container.tell(new ContainerMessage.Stop());
        }
    }

    private static boolean unused(Slot slot) {
        return System.nanoTime() - slot.usedAtNanos().get() > GRACE.toNanos();
    }

    @Override
    public void busy(ContainerName name, ActorRef<ContainerMessage> container) {
        Slot stopping = slots.get(name);
        slots.computeIfPresent(name, (_, slot) -> slot.stay());
        release(stopping);
    }

    @Override
    public void stopped(ContainerName name, ActorRef<ContainerMessage> container) {
        Slot gone = slots.get(name);
        if (gone != null && gone.actor().equals(container)) {
            slots.remove(name, gone);
            release(gone);
        }
    }

    private static void release(@Nullable Slot slot) {
        if (slot != null && slot.stopping() != null) {
            slot.stopping().complete(true);
        }
    }

    private void remember(ContainerName name, ContainerState state) {
        switch (state) {
            case ContainerState.Absent _ -> states.remove(name);
            case ContainerState.Present present -> states.put(name, present);
        }
    }
}
