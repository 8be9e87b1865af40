package io.troupe.supervisor.container;

import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.supervisor.process.ProcessIdentity;
import java.util.List;

/**
 * What happened to a container. These records are the journal: a component is added with a default, never renamed or
 * removed, without a migration and a test that reads the old form.
 */
public sealed interface ContainerEvent {

    /** Somebody wants it; nothing is on the host yet. */
    record CreateRequested(Blueprint blueprint) implements ContainerEvent {}

    /** Its process exists. With {@link Intent#CREATE} it stands at its gate, else it is on its way to its program. */
    record Created(ProcessIdentity process) implements ContainerEvent {}

    /** It could not be created. What had been made of it is removed next. */
    record CreateFailed(Failure failure) implements ContainerEvent {}

    /** Its creation was found unfinished by a restarted supervisor. What had been made of it is removed next. */
    record Interrupted() implements ContainerEvent {}

    /** Its program is to run. */
    record StartRequested() implements ContainerEvent {}

    /** Its program runs. */
    record Started() implements ContainerEvent {}

    /** Its program could not be executed. */
    record StartFailed(Failure failure) implements ContainerEvent {}

    /**
     * A signal is to be sent.
     *
     * @param signal 1 to 64
     * @param all to every process of the container
     */
    record SignalRequested(int signal, boolean all) implements ContainerEvent {}

    /**
     * Its process ended. A second one for the same process tells what a better witness knew.
     *
     * @param witness who saw how: {@code pidfd}, {@code zombie}, {@code park}, {@code parent}, {@code none}
     */
    record Exited(ProcessIdentity process, ExitCause cause, String witness) implements ContainerEvent {}

    /**
     * What is left of it is to be removed.
     *
     * @param force even if its process lives, which is killed first
     */
    record DeleteRequested(boolean force) implements ContainerEvent {}

    /** Something of it could not be removed; it stays until deleted again. */
    record Leftovers(List<String> lines) implements ContainerEvent {
        public Leftovers {
            lines = List.copyOf(lines);
        }
    }

    /** Nothing is left of it on the host; its id is free. */
    record Deleted() implements ContainerEvent {}

    /**
     * Another process is to run in it. The sequence number of this event is the exec's number.
     *
     * @param program the first argument; the others may be secrets
     * @param argvDigest SHA-256, in hexadecimal digits, of all arguments with a NUL after each
     */
    record ExecRequested(String program, String argvDigest) implements ContainerEvent {}

    /**
     * An exec's process ended.
     *
     * @param exec the exec's number
     */
    record ExecEnded(long exec, ExitCause cause) implements ContainerEvent {}

    /**
     * An exec's program could not be executed.
     *
     * @param exec the exec's number
     */
    record ExecFailed(long exec, Failure failure) implements ContainerEvent {}

    /**
     * A restarted supervisor found its process alive.
     *
     * @param atGate its program does not run yet
     */
    record Reattached(boolean atGate) implements ContainerEvent {}

    /** All its processes have been stopped where they were. */
    record Paused() implements ContainerEvent {}

    /** Its processes go on. */
    record Resumed() implements ContainerEvent {}

    /**
     * Limits of its cgroups have been changed.
     *
     * @param limits field of {@code linux.resources} and what was written, as {@code memory.limit=67108864}
     */
    record Updated(List<String> limits) implements ContainerEvent {
        public Updated {
            limits = List.copyOf(limits);
        }
    }

    /**
     * Images of its processes have been written. With {@link Checkpoint#STOP} they are killed next.
     *
     * @param images directory, absolute
     */
    record Checkpointed(String images, Checkpoint extent) implements ContainerEvent {}

    /**
     * Its processes run, as they were when the images were written.
     *
     * @param images directory, absolute
     */
    record Restored(String images) implements ContainerEvent {}

    /**
     * Mounts in it have been made or taken away while it lives.
     *
     * @param added whether they were made
     * @param destinations in the container, absolute
     * @param problem why not all were; "" if they were
     */
    record MountsChanged(boolean added, List<String> destinations, String problem) implements ContainerEvent {
        public MountsChanged {
            destinations = List.copyOf(destinations);
        }
    }

    /** A hook failed once the program ran: poststart, and then the container is killed, or poststop. */
    record HookWarning(String text) implements ContainerEvent {}

    /** What an event says about whether the container is there. */
    enum Presence {
        /** From here on it is. */
        BEGINS,
        /** It is as before. */
        KEEPS,
        /** From here on it is not. */
        ENDS
    }

    /** {@return whether the container is there once this has happened} */
    default Presence presence() {
        return switch (this) {
            case CreateRequested _ -> Presence.BEGINS;
            case Deleted _ -> Presence.ENDS;
            default -> Presence.KEEPS;
        };
    }

    /** {@return the word for this kind of event, in the journal and for users; never changes} */
    default String kind() {
        return switch (this) {
            case CreateRequested _ -> "create-requested";
            case Created _ -> "created";
            case CreateFailed _ -> "create-failed";
            case Interrupted _ -> "interrupted";
            case StartRequested _ -> "start-requested";
            case Started _ -> "started";
            case StartFailed _ -> "start-failed";
            case SignalRequested _ -> "signal-requested";
            case Exited _ -> "exited";
            case DeleteRequested _ -> "delete-requested";
            case Leftovers _ -> "leftovers";
            case Deleted _ -> "deleted";
            case ExecRequested _ -> "exec-requested";
            case ExecEnded _ -> "exec-ended";
            case ExecFailed _ -> "exec-failed";
            case Reattached _ -> "reattached";
            case Paused _ -> "paused";
            case Resumed _ -> "resumed";
            case Updated _ -> "updated";
            case MountsChanged _ -> "mounts-changed";
            case HookWarning _ -> "hook-warning";
            case Checkpointed _ -> "checkpointed";
            case Restored _ -> "restored";
        };
    }
}
