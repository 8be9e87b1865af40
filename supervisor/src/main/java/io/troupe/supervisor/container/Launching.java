package io.troupe.supervisor.container;

import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Creating;
import io.troupe.supervisor.container.ContainerState.Deleting;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.process.ProcessReport;
import org.jspecify.annotations.Nullable;

/** Decisions from a create to the running program (runtime.md, "Create" and "Start"). */
final class Launching {
    private static final String CREATOR_GONE = "its creator went away before it was told that it lives";

    private Launching() {}

    static Decision create(ContainerState.Absent state, Blueprint blueprint, Context context) {
        return Draft.ofNext(state)
                .fact(context, context.asked(), new ContainerEvent.CreateRequested(blueprint))
                .answer(new Answer.Granted(state.incarnation() + 1));
    }

    static Decision launched(Creating state, ProcessIdentity process, Context context) {
        Draft draft = Draft.of(state)
                .fact(context, created(state), new ContainerEvent.Created(process))
                .effect(new Effect.Watch(
                        process,
                        ContainerKernel.footprint(state),
                        state.life().blueprint().intent().removesItself()));
        return (startsItself(state) ? draft.fact(context, created(state), new ContainerEvent.StartRequested()) : draft)
                .done();
    }

    static Decision interrupted(Creating state, Context context) {
        return Draft.of(state)
                .fact(context, new Cause.BySupervisor("the supervisor was restarted"), new ContainerEvent.Interrupted())
                .effect(cleanUp(state))
                .nobody();
    }

    static Decision failed(Creating state, Failure failure, Context context) {
        return Draft.of(state)
                .fact(context, created(state), new ContainerEvent.CreateFailed(failure))
                .effect(cleanUp(state))
                .later(Milestone.DELETED);
    }

    /** A launch that failed once its process was recorded takes the container with it. */
    static Decision failed(Alive state, Failure failure, Context context) {
        return Draft.of(state)
                .fact(context, startRequested(state), new ContainerEvent.StartFailed(failure))
                .then(context, new ContainerEvent.DeleteRequested(true))
                .effect(new Effect.KillProcess(ContainerKernel.footprint(state)))
                .later(Milestone.DELETED);
    }

    /** The news that a launch failed was overtaken by the end of its process. */
    static Decision failedLate(ContainerState state, Failure failure, Context context) {
        if (state.incarnation() == 0) {
            return Decision.answer(Refusals.notFound(context.name()));
        }
        Draft draft = Draft.of(state)
                .fact(context, new Cause.ByEvent(state.sequence()), new ContainerEvent.StartFailed(failure));
        return switch (state) {
            case ContainerState.Stopped stopped ->
                draft.then(context, new ContainerEvent.DeleteRequested(false))
                        .effect(cleanUp(stopped))
                        .later(Milestone.DELETED);
            case Deleting deleting when deleting.leftovers().isEmpty() -> draft.later(Milestone.DELETED);
            default -> draft.done();
        };
    }

    static Decision abandoned(Creating state, Context context) {
        Failure failure = new Failure(
                FailureCode.SYSTEM, "container " + context.name(), "its creator went away before it was made", "");
        return failed(state, failure, context);
    }

    static Decision abandoned(Alive state, Context context) {
        return Draft.of(state)
                .fact(context, new Cause.BySupervisor(CREATOR_GONE), new ContainerEvent.DeleteRequested(true))
                .effect(new Effect.KillProcess(ContainerKernel.footprint(state)))
                .later(Milestone.DELETED);
    }

    static Decision start(ContainerState.Created state, Context context) {
        if (!state.life().blueprint().startable()) {
            return Decision.answer(Refusals.noProgram(context.name()));
        }
        return Draft.of(state)
                .fact(context, context.asked(), new ContainerEvent.StartRequested())
                .effect(new Effect.Release(ContainerKernel.footprint(state)))
                .later(Milestone.STARTED);
    }

    static Decision started(ContainerState.Starting state, Context context) {
        return Draft.of(state)
                .fact(context, startRequested(state), new ContainerEvent.Started())
                .done();
    }

    /**
     * A program that could not be executed, told on the start socket. The container stays, with or without process.
     *
     * @param end of the process, told along with it; null if it is told apart
     */
    static Decision startFailed(
            ContainerState.Present state, Failure failure, ProcessReport.@Nullable Exited end, Context context) {
        Draft draft = Draft.of(state).fact(context, startRequested(state), new ContainerEvent.StartFailed(failure));
        if (end != null && state instanceof Alive alive) {
            draft.fact(
                    context,
                    new Cause.ByWorld(),
                    new ContainerEvent.Exited(alive.process(), end.cause(), end.witness()));
        }
        return draft.nobody();
    }

    static Cause startRequested(ContainerState.Present state) {
        long start = state.life().startRequested();
        return new Cause.ByEvent(start > 0 ? start : state.life().createRequested());
    }

    static boolean startsItself(ContainerState.Present state) {
        return state.life().blueprint().intent().startsItself();
    }

    private static Cause created(Creating state) {
        return new Cause.ByEvent(state.life().createRequested());
    }

    private static Effect cleanUp(ContainerState.Present state) {
        return new Effect.CleanUp(ContainerKernel.footprint(state));
    }
}
