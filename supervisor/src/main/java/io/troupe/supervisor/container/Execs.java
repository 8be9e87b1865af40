package io.troupe.supervisor.container;

import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;

/** Decisions about what leaves the container as it is: processes of exec, hooks, mounts. */
final class Execs {
    private Execs() {}

    /** As in runc and crun, one that was created and not started has everything that a process needs. */
    static Decision begin(ContainerState.Alive state, ContainerCommand.BeginExec begin, Context context) {
        if (state instanceof ContainerState.Paused && !begin.ignorePaused()) {
            return Decision.answer(
                    Refusals.cannot(context.name(), "exec", state, "Resume it first, or use --ignore-paused"));
        }
        return granted(state, begin, context);
    }

    private static Decision granted(ContainerState.Alive state, ContainerCommand.BeginExec begin, Context context) {
        return Draft.of(state)
                .fact(context, context.asked(), new ContainerEvent.ExecRequested(begin.program(), begin.argvDigest()))
                .answer(new Answer.ExecGranted(
                        state.sequence() + 1, state.process(), state.life().blueprint()));
    }

    static Decision ended(ContainerState state, long exec, ExitCause cause, Context context) {
        return record(state, new Cause.ByEvent(exec), new ContainerEvent.ExecEnded(exec, cause), context);
    }

    static Decision failed(ContainerState state, long exec, Failure failure, Context context) {
        return record(state, new Cause.ByEvent(exec), new ContainerEvent.ExecFailed(exec, failure), context);
    }

    static Decision hookWarning(ContainerState state, String text, Context context) {
        return record(state, new Cause.ByEvent(state.sequence()), new ContainerEvent.HookWarning(text), context);
    }

    /** Of one that has ended meanwhile they are gone with it. */
    static Decision mountsChanged(ContainerState state, ContainerCommand.RecordMounts mounts, Context context) {
        ContainerEvent event =
                new ContainerEvent.MountsChanged(mounts.added(), mounts.destinations(), mounts.problem());
        return state instanceof ContainerState.Alive
                ? Draft.of(state).fact(context, context.asked(), event).done()
                : Decision.answer(Refusals.cannot(context.name(), "change mounts", state, ""));
    }

    private static Decision record(ContainerState state, Cause cause, ContainerEvent event, Context context) {
        return state.incarnation() == 0
                ? Decision.answer(Refusals.notFound(context.name()))
                : Draft.of(state).fact(context, cause, event).done();
    }
}
