package io.troupe.supervisor.container;

import io.troupe.protocol.Status;
import io.troupe.supervisor.process.ProcessIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a container is in its life (runtime.md, "Lifecycle"): what is known there, and nothing else.
 *
 * <p>{@code sequence} is the number of facts so far, which is the journal's sequence number of the latest.
 */
public sealed interface ContainerState extends Persisted {

    /** Nothing of any container of this name is on the host, and none has ever been. */
    static ContainerState initial() {
        return new Absent(0, 0, null);
    }

    long sequence();

    /** {@return how often this id has been created; 0 for never} */
    int incarnation();

    /**
     * Nothing of it is on the host.
     *
     * @param last how the last incarnation's process ended; null if there was none
     */
    record Absent(long sequence, int incarnation, @Nullable Ending last) implements ContainerState {}

    /** What it has on the host is being made, and there is no process that we know of. */
    record Creating(long sequence, Life life) implements Present {}

    /** Its process waits for start. */
    record Created(long sequence, Life life, ProcessIdentity process) implements Alive {}

    /** Its process was told to execute its program. */
    record Starting(long sequence, Life life, ProcessIdentity process) implements Alive {}

    /** Its program runs. */
    record Running(long sequence, Life life, ProcessIdentity process) implements Alive {}

    /**
     * All its processes are stopped where they were.
     *
     * @param atGate its program has not begun: once resumed, it is created
     */
    record Paused(long sequence, Life life, ProcessIdentity process, boolean atGate) implements Alive {}

    /** Its process has ended. */
    record Stopped(long sequence, Life life, Ending ending) implements Present {}

    /**
     * What it has on the host is being removed.
     *
     * @param process what still has to end first; null if nothing has
     * @param ending null if its process has not ended, or there was none
     * @param leftovers what could not be removed, a line each; nothing more is tried until it is deleted again
     */
    record Deleting(
            long sequence,
            Life life,
            @Nullable ProcessIdentity process,
            @Nullable Ending ending,
            List<String> leftovers)
            implements Present {
        public Deleting {
            leftovers = List.copyOf(leftovers);
        }
    }

    /** Something of it may be on the host. */
    sealed interface Present extends ContainerState {
        Life life();

        @Override
        default int incarnation() {
            return life().incarnation();
        }
    }

    /** It has a process. */
    sealed interface Alive extends Present {
        ProcessIdentity process();
    }

    /** {@return the word of the specification; null if there is no such container} */
    default @Nullable Status status() {
        return switch (this) {
            case Absent _ -> null;
            case Creating _ -> Status.CREATING;
            case Created _, Starting _ -> Status.CREATED;
            case Running _ -> Status.RUNNING;
            case Paused _ -> Status.PAUSED;
            case Stopped _, Deleting _ -> Status.STOPPED;
        };
    }

    /** {@return whether nothing of it lives or is under way: a restarted supervisor has nothing to do for it} */
    default boolean rests() {
        return switch (this) {
            case Absent _, Stopped _ -> true;
            case Deleting deleting ->
                deleting.process() == null && !deleting.leftovers().isEmpty();
            case Creating _, Alive _ -> false;
        };
    }

    /**
     * {@return the state once {@code fact} has happened; calls nothing, so that it can be replayed}
     *
     * @throws IllegalStateException if it cannot have happened here: the journal is damaged
     */
    default ContainerState after(Fact fact) {
        return Evolution.after(this, fact);
    }
}
