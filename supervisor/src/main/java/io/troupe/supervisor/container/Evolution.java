package io.troupe.supervisor.container;

import io.troupe.supervisor.container.ContainerState.Absent;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Created;
import io.troupe.supervisor.container.ContainerState.Creating;
import io.troupe.supervisor.container.ContainerState.Deleting;
import io.troupe.supervisor.container.ContainerState.Paused;
import io.troupe.supervisor.container.ContainerState.Present;
import io.troupe.supervisor.container.ContainerState.Running;
import io.troupe.supervisor.container.ContainerState.Starting;
import io.troupe.supervisor.container.ContainerState.Stopped;
import io.troupe.supervisor.process.ProcessIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The only way a state changes: one total function of the event. */
final class Evolution {
    /** What CRIU ends processes with that it has written. */
    private static final int SIGKILL = 9;

    private Evolution() {}

    static ContainerState after(ContainerState state, Fact fact) {
        long next = state.sequence() + 1;
        return switch (fact.event()) {
            case ContainerEvent.CreateRequested(Blueprint blueprint) ->
                new Creating(next, Life.begin(fact, blueprint, next));
            case ContainerEvent.Created(var process) -> new Created(next, life(state, fact), process);
            case ContainerEvent.CreateFailed _, ContainerEvent.Interrupted _ ->
                new Deleting(next, life(state, fact), null, null, List.of());
            case ContainerEvent.StartRequested _ ->
                new Starting(
                        next,
                        life(state, fact).startRequested(next),
                        alive(state, fact).process());
            case ContainerEvent.Started _ ->
                new Running(next, life(state, fact), alive(state, fact).process());
            case ContainerEvent.Paused _ ->
                new Paused(next, life(state, fact), alive(state, fact).process(), atGate(state));
            case ContainerEvent.Resumed _ -> resumed(alive(state, fact), next);
            case ContainerEvent.StartFailed _ ->
                state instanceof Alive alive ? new Created(next, alive.life(), alive.process()) : moved(state, next);
            case ContainerEvent.SignalRequested(int signal, var _) ->
                moved(state, next, life(state, fact).signalled(new Life.SentSignal(next, signal)));
            case ContainerEvent.Checkpointed(var _, Checkpoint extent) ->
                switch (extent) {
                    case STOP, LAZY ->
                        moved(state, next, life(state, fact).signalled(new Life.SentSignal(next, SIGKILL)));
                    case GIVEN_UP -> moved(state, next, life(state, fact).signalled(null));
                    case LEAVE_RUNNING, PRE_DUMP -> moved(state, next);
                };
            case ContainerEvent.Restored _ ->
                new Running(next, life(state, fact), alive(state, fact).process());
            case ContainerEvent.Exited exited -> ended(state, fact, exited, next);
            case ContainerEvent.DeleteRequested _ -> deleting(present(state, fact), next);
            case ContainerEvent.Leftovers(var lines) ->
                new Deleting(next, life(state, fact), doomed(state), ending(state), lines);
            case ContainerEvent.Deleted _ -> new Absent(next, state.incarnation(), ending(state));
            case ContainerEvent.ExecRequested _,
                    ContainerEvent.ExecEnded _,
                    ContainerEvent.ExecFailed _,
                    ContainerEvent.Reattached _,
                    ContainerEvent.Updated _,
                    ContainerEvent.MountsChanged _,
                    ContainerEvent.HookWarning _ -> moved(state, next);
        };
    }

    private static Alive resumed(Alive state, long next) {
        return atGate(state)
                ? new Created(next, state.life(), state.process())
                : new Running(next, state.life(), state.process());
    }

    private static boolean atGate(ContainerState state) {
        return state instanceof Created || (state instanceof Paused paused && paused.atGate());
    }

    private static Deleting deleting(Present state, long next) {
        return new Deleting(next, state.life().deleteRequested(next), doomed(state), ending(state), List.of());
    }

    private static ContainerState ended(ContainerState state, Fact fact, ContainerEvent.Exited exited, long next) {
        Ending ending = new Ending(next, fact.at(), exited.process(), exited.cause(), exited.witness());
        return switch (state) {
            case Absent absent -> new Absent(next, absent.incarnation(), ending);
            case Deleting(var _, Life life, var _, var _, var leftovers) ->
                new Deleting(next, life, null, ending, leftovers);
            case Present present -> new Stopped(next, present.life(), ending);
        };
    }

    private static ContainerState moved(ContainerState state, long next) {
        return switch (state) {
            case Absent(var _, int incarnation, var last) -> new Absent(next, incarnation, last);
            case Present present -> moved(present, next, present.life());
        };
    }

    private static ContainerState moved(ContainerState state, long next, Life life) {
        return switch (state) {
            case Absent(var _, int incarnation, var last) -> new Absent(next, incarnation, last);
            case Creating _ -> new Creating(next, life);
            case Created(var _, var _, var process) -> new Created(next, life, process);
            case Starting(var _, var _, var process) -> new Starting(next, life, process);
            case Running(var _, var _, var process) -> new Running(next, life, process);
            case Paused(var _, var _, var process, boolean atGate) -> new Paused(next, life, process, atGate);
            case Stopped(var _, var _, var ending) -> new Stopped(next, life, ending);
            case Deleting(var _, var _, var process, var ending, var leftovers) ->
                new Deleting(next, life, process, ending, leftovers);
        };
    }

    /** {@return what has to end before the rest can be removed} */
    private static @Nullable ProcessIdentity doomed(ContainerState state) {
        return switch (state) {
            case Alive alive -> alive.process();
            case Deleting deleting -> deleting.process();
            case Absent _, Creating _, Stopped _ -> null;
        };
    }

    private static @Nullable Ending ending(ContainerState state) {
        return switch (state) {
            case Absent absent -> absent.last();
            case Stopped stopped -> stopped.ending();
            case Deleting deleting -> deleting.ending();
            case Creating _, Alive _ -> null;
        };
    }

    private static Present present(ContainerState state, Fact fact) {
        if (state instanceof Present present) {
            return present;
        }
        throw impossible(state, fact);
    }

    private static Life life(ContainerState state, Fact fact) {
        return present(state, fact).life();
    }

    private static Alive alive(ContainerState state, Fact fact) {
        if (state instanceof Alive alive) {
            return alive;
        }
        throw impossible(state, fact);
    }

    private static IllegalStateException impossible(ContainerState state, Fact fact) {
        return new IllegalStateException(
                "the journal is damaged: after event " + state.sequence() + " the container is "
                        + state.getClass().getSimpleName() + ", and the next is "
                        + fact.event().kind());
    }
}
