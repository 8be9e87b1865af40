package io.troupe.supervisor.container;

import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.supervisor.container.ContainerState.Absent;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Created;
import io.troupe.supervisor.container.ContainerState.Deleting;
import io.troupe.supervisor.container.ContainerState.Paused;
import io.troupe.supervisor.container.ContainerState.Present;
import io.troupe.supervisor.container.ContainerState.Running;
import io.troupe.supervisor.container.ContainerState.Starting;
import io.troupe.supervisor.container.ContainerState.Stopped;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessReport;
import org.jspecify.annotations.Nullable;

/** What the process actor's reports come to. Nobody waits for an answer to them. */
final class Reports {
    private Reports() {}

    static Decision whenAbsent(Absent state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.Exited(var cause, var witness) -> Endings.exited(state, cause, witness, context);
            case ProcessReport.Reattached _,
                    ProcessReport.ProgramStarted _,
                    ProcessReport.StartFailed _,
                    ProcessReport.GateUnreachable _,
                    ProcessReport.CleanedUp _ -> ContainerKernel.nothing();
        };
    }

    static Decision whenCreated(Created state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.Exited(var cause, var witness) -> Endings.exited(state, cause, witness, context);
            case ProcessReport.Reattached(boolean atGate, boolean frozen) -> found(state, atGate, frozen, context);
            case ProcessReport.ProgramStarted _,
                    ProcessReport.StartFailed _,
                    ProcessReport.GateUnreachable _,
                    ProcessReport.CleanedUp _ -> ContainerKernel.nothing();
        };
    }

    static Decision whenStarting(Starting state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.Exited(var cause, var witness) -> Endings.exited(state, cause, witness, context);
            case ProcessReport.Reattached(boolean atGate, boolean frozen) -> found(state, atGate, frozen, context);
            case ProcessReport.ProgramStarted _ -> Launching.started(state, context);
            case ProcessReport.StartFailed _, ProcessReport.GateUnreachable _ ->
                Launching.startFailed(state, failure(state, report, context), end(report), context);
            case ProcessReport.CleanedUp _ -> ContainerKernel.nothing();
        };
    }

    static Decision whenRunning(Running state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.Exited(var cause, var witness) -> Endings.exited(state, cause, witness, context);
            case ProcessReport.Reattached(boolean atGate, boolean frozen) -> found(state, atGate, frozen, context);
            case ProcessReport.ProgramStarted _,
                    ProcessReport.StartFailed _,
                    ProcessReport.GateUnreachable _,
                    ProcessReport.CleanedUp _ -> ContainerKernel.nothing();
        };
    }

    static Decision whenPaused(Paused state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.Exited(var cause, var witness) -> Endings.exited(state, cause, witness, context);
            case ProcessReport.Reattached(boolean atGate, boolean frozen) -> found(state, atGate, frozen, context);
            case ProcessReport.ProgramStarted _,
                    ProcessReport.StartFailed _,
                    ProcessReport.GateUnreachable _,
                    ProcessReport.CleanedUp _ -> ContainerKernel.nothing();
        };
    }

    static Decision whenStopped(Stopped state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.Exited(var cause, var witness) -> Endings.exited(state, cause, witness, context);
            case ProcessReport.StartFailed _ ->
                Launching.startFailed(state, failure(state, report, context), end(report), context);
            case ProcessReport.Reattached _,
                    ProcessReport.ProgramStarted _,
                    ProcessReport.GateUnreachable _,
                    ProcessReport.CleanedUp _ -> ContainerKernel.nothing();
        };
    }

    static Decision whenDeleting(Deleting state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.Exited(var cause, var witness) -> Endings.exited(state, cause, witness, context);
            case ProcessReport.CleanedUp(var leftovers) -> Endings.cleanedUp(state, leftovers, context);
            case ProcessReport.Reattached _ -> foundDoomed(state);
            case ProcessReport.ProgramStarted _, ProcessReport.StartFailed _, ProcessReport.GateUnreachable _ ->
                ContainerKernel.nothing();
        };
    }

    /** A process that is not at its gate runs its program, whoever let it, and one that is frozen is paused. */
    private static Decision found(Alive state, boolean atGate, boolean frozen, Context context) {
        Draft draft = Draft.of(state)
                .fact(
                        context,
                        new Cause.BySupervisor("the supervisor was restarted"),
                        new ContainerEvent.Reattached(atGate));
        return switch (state) {
            case Created _ -> moved(draft, true, false, atGate, frozen, context);
            case Starting starting
            when atGate && !Launching.startsItself(starting) -> released(draft, starting, frozen);
            case Starting _ -> moved(draft, true, false, false, frozen, context);
            case Running _ -> moved(draft, false, false, false, frozen, context);
            case Paused paused -> moved(draft, paused.atGate(), true, paused.atGate() && atGate, frozen, context);
        };
    }

    /** What must have happened to it between what was known and what was found. */
    private static Decision moved(
            Draft draft, boolean wasAtGate, boolean wasFrozen, boolean atGate, boolean frozen, Context context) {
        boolean started = wasAtGate && !atGate;
        if (wasFrozen && (started || !frozen)) {
            draft.then(context, new ContainerEvent.Resumed());
        }
        if (started) {
            draft.then(context, new ContainerEvent.Started());
        }
        if (frozen && (started || !wasFrozen)) {
            draft.then(context, new ContainerEvent.Paused());
        }
        return draft.nobody();
    }

    /** Thawed first: a pause was overtaken by the start. */
    private static Decision released(Draft draft, Starting state, boolean frozen) {
        Footprint footprint = ContainerKernel.footprint(state);
        if (frozen) {
            draft.effect(new Effect.Thaw(footprint));
        }
        return draft.effect(new Effect.Release(footprint)).nobody();
    }

    private static Decision foundDoomed(Deleting state) {
        return state.process() == null || !state.leftovers().isEmpty()
                ? ContainerKernel.nothing()
                : Draft.of(state)
                        .effect(new Effect.KillProcess(ContainerKernel.footprint(state)))
                        .nobody();
    }

    private static ProcessReport.@Nullable Exited end(ProcessReport report) {
        return report instanceof ProcessReport.StartFailed failed ? failed.end() : null;
    }

    private static Failure failure(Present state, ProcessReport report, Context context) {
        return switch (report) {
            case ProcessReport.StartFailed(var step, var _) ->
                context.wording().of(context.name(), state.life().blueprint(), step);
            case ProcessReport.GateUnreachable(String message) ->
                new Failure(
                        FailureCode.SYSTEM,
                        "container " + context.name(),
                        "cannot start: its process does not answer at its gate: " + message,
                        "Delete it with --force and create it again");
            case ProcessReport.Exited _,
                    ProcessReport.Reattached _,
                    ProcessReport.ProgramStarted _,
                    ProcessReport.CleanedUp _ -> throw new IllegalArgumentException(report + " is no failure");
        };
    }
}
