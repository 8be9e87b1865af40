package io.troupe.supervisor.container;

import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.container.ContainerState.Absent;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Creating;
import io.troupe.supervisor.container.ContainerState.Deleting;
import io.troupe.supervisor.container.ContainerState.Present;
import io.troupe.supervisor.container.ContainerState.Stopped;
import io.troupe.supervisor.container.Decision.Verdict;
import io.troupe.supervisor.process.ProcessIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decisions from a signal to the deleted container (runtime.md, "Kill" and "Delete"). */
final class Endings {
    private static final int SIGKILL = 9;

    private Endings() {}

    static Decision kill(Alive state, ContainerCommand.Kill kill, Context context) {
        return signal(state, kill, context);
    }

    /** What a process has started in a pid namespace that it shares with others outlives it, in the container's cgroups. */
    static Decision kill(Stopped state, ContainerCommand.Kill kill, Context context) {
        return kill.all()
                ? signal(state, kill, context)
                : Decision.answer(Refusals.noProcess(context.name(), state, "Delete it"));
    }

    private static Decision signal(Present state, ContainerCommand.Kill kill, Context context) {
        Draft draft = Draft.of(state);
        if (kill.signal() != 0) {
            draft.fact(context, context.asked(), new ContainerEvent.SignalRequested(kill.signal(), kill.all()));
        }
        return draft.effect(new Effect.SendSignal(kill.signal(), kill.all(), ContainerKernel.footprint(state)))
                .verdict(new Verdict.OnDelivery());
    }

    static Decision delete(Alive state, boolean force, Context context) {
        if (!force) {
            return Decision.answer(Refusals.cannot(context.name(), "delete", state, "Kill it first, or use --force"));
        }
        return Draft.of(state)
                .fact(context, context.asked(), new ContainerEvent.DeleteRequested(true))
                .effect(new Effect.KillProcess(ContainerKernel.footprint(state)))
                .later(Milestone.DELETED);
    }

    static Decision delete(Stopped state, boolean force, Context context) {
        return Draft.of(state)
                .fact(context, context.asked(), new ContainerEvent.DeleteRequested(force))
                .effect(new Effect.CleanUp(ContainerKernel.footprint(state)))
                .later(Milestone.DELETED);
    }

    /** Waits for the removal under way; tries again where one has stopped halfway. */
    static Decision delete(Deleting state, boolean force, Context context) {
        if (state.leftovers().isEmpty()) {
            return ContainerKernel.later(Milestone.DELETED);
        }
        return Draft.of(state)
                .fact(context, context.asked(), new ContainerEvent.DeleteRequested(force))
                .effect(remaining(state))
                .later(Milestone.DELETED);
    }

    /** Goes on, after a restart, with a removal that had begun. A process that could not be killed is watched again. */
    static Decision resume(Deleting state) {
        ProcessIdentity process = state.process();
        if (process == null && !state.leftovers().isEmpty()) {
            return ContainerKernel.nothing();
        }
        return Draft.of(state)
                .effect(
                        process == null
                                ? remaining(state)
                                : new Effect.Reattach(process, ContainerKernel.footprint(state)))
                .nobody();
    }

    private static Effect remaining(Deleting state) {
        return state.process() == null
                ? new Effect.CleanUp(ContainerKernel.footprint(state))
                : new Effect.KillProcess(ContainerKernel.footprint(state));
    }

    static Decision killRefused(Deleting state, String message, Context context) {
        ProcessIdentity process = state.process();
        if (process == null || !state.leftovers().isEmpty()) {
            return ContainerKernel.nothing();
        }
        String line = "process " + process.pid() + " could not be killed: " + message;
        return Draft.of(state)
                .then(context, new ContainerEvent.Leftovers(List.of(line)))
                .nobody();
    }

    static Decision cleanedUp(Deleting state, List<String> leftovers, Context context) {
        if (state.process() != null) {
            return ContainerKernel.nothing();
        }
        ContainerEvent event =
                leftovers.isEmpty() ? new ContainerEvent.Deleted() : new ContainerEvent.Leftovers(leftovers);
        long requested = state.life().deleteRequested();
        return Draft.of(state)
                .fact(context, new Cause.ByEvent(requested > 0 ? requested : state.sequence()), event)
                .nobody();
    }

    static Decision await(Deleting state, Context context) {
        if (state.ending() != null) {
            return ContainerKernel.ended(state.ending());
        }
        return state.process() == null
                ? Decision.answer(Refusals.neverLived(context.name()))
                : ContainerKernel.later(Milestone.ENDED);
    }

    /** What the parent saw: the end itself, or more than was known of it, or nothing new. */
    static Decision parent(ContainerState state, ContainerCommand.ParentReported report, Context context) {
        ProcessIdentity process = processOf(state);
        if (process == null || process.pid() != report.pid()) {
            return Decision.answer(Refusals.notItsProcess(context.name(), report.pid()));
        }
        Decision decision = exited(state, WaitStatus.cause(report.waitStatus()), "parent", context);
        return new Decision(decision.facts(), decision.effects(), new Verdict.Now(new Answer.Done()));
    }

    /** What a witness saw of the end of the process. */
    static Decision exited(ContainerState state, ExitCause cause, String witness, Context context) {
        return switch (state) {
            case Alive alive -> ended(alive, cause, witness, context);
            case Deleting deleting
            when deleting.process() != null -> doomedEnded(deleting, deleting.process(), cause, witness, context);
            case Deleting deleting
            when deleting.ending() != null -> refine(state, deleting.ending(), cause, witness, context);
            case Stopped stopped -> refine(state, stopped.ending(), cause, witness, context);
            case Absent absent when absent.last() != null -> refine(state, absent.last(), cause, witness, context);
            case Absent _, Creating _, Deleting _ -> ContainerKernel.nothing();
        };
    }

    private static Decision ended(Alive state, ExitCause cause, String witness, Context context) {
        Draft draft = Draft.of(state)
                .fact(
                        context,
                        signalThatExplains(state, cause),
                        new ContainerEvent.Exited(state.process(), cause, witness));
        if (state.life().blueprint().intent().removesItself()) {
            draft.then(context, new ContainerEvent.DeleteRequested(false))
                    .effect(new Effect.CleanUp(ContainerKernel.footprint(state)));
        }
        return draft.nobody();
    }

    private static Decision doomedEnded(
            Deleting state, ProcessIdentity process, ExitCause cause, String witness, Context context) {
        Cause why = cause instanceof ExitCause.Signalled(int signal, var _, var _) && signal == SIGKILL
                ? new Cause.ByEvent(state.life().deleteRequested())
                : signalThatExplains(state, cause);
        return Draft.of(state)
                .fact(context, why, new ContainerEvent.Exited(process, cause, witness))
                .effect(new Effect.CleanUp(ContainerKernel.footprint(state)))
                .nobody();
    }

    private static Decision refine(
            ContainerState state, Ending known, ExitCause cause, String witness, Context context) {
        if (!tellsMore(known.cause(), cause)) {
            return ContainerKernel.nothing();
        }
        return Draft.of(state)
                .fact(
                        context,
                        new Cause.ByEvent(known.sequence()),
                        new ContainerEvent.Exited(known.process(), cause, witness))
                .nobody();
    }

    private static boolean tellsMore(ExitCause known, ExitCause cause) {
        return switch (known) {
            case ExitCause.Unknown _ -> !(cause instanceof ExitCause.Unknown);
            case ExitCause.Signalled(int signal, var _, boolean outOfMemory) ->
                !outOfMemory
                        && cause instanceof ExitCause.Signalled(int other, var _, boolean oom)
                        && oom
                        && other == signal;
            case ExitCause.Exited(int code, boolean outOfMemory) ->
                !outOfMemory && cause instanceof ExitCause.Exited(int other, boolean oom) && oom && other == code;
        };
    }

    /** A signal that was asked for explains an end by it, or by the exit status that shells give it. */
    private static Cause signalThatExplains(Present state, ExitCause cause) {
        Life.SentSignal sent = state.life().signal();
        Integer status = cause.shellStatus();
        boolean outOfMemory = cause instanceof ExitCause.Signalled(var _, var _, boolean oom) && oom;
        return sent != null && status != null && status == 128 + sent.number() && !outOfMemory
                ? new Cause.ByEvent(sent.sequence())
                : new Cause.ByWorld();
    }

    private static @Nullable ProcessIdentity processOf(ContainerState state) {
        return switch (state) {
            case Alive alive -> alive.process();
            case Deleting(var _, var _, var process, var ending, var _) ->
                process != null || ending == null ? process : ending.process();
            case Stopped stopped -> stopped.ending().process();
            case Absent(var _, var _, var last) -> last == null ? null : last.process();
            case Creating _ -> null;
        };
    }
}
