package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.container.ContainerState.Absent;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Created;
import io.troupe.supervisor.container.ContainerState.Creating;
import io.troupe.supervisor.container.ContainerState.Deleting;
import io.troupe.supervisor.container.ContainerState.Paused;
import io.troupe.supervisor.container.ContainerState.Running;
import io.troupe.supervisor.container.ContainerState.Starting;
import io.troupe.supervisor.container.ContainerState.Stopped;
import io.troupe.supervisor.container.Decision.Verdict;
import io.troupe.supervisor.process.Footprint;

/**
 * Decides what a command comes to: one method per state, one line per command. Pure: no actor, clock, file or number
 * that does not come in. {@link ContainerState#after} is its other half.
 */
public final class ContainerKernel {
    private ContainerKernel() {}

    /** {@return what the command comes to in this state} */
    public static Decision decide(ContainerState state, ContainerCommand command, Context context) {
        return switch (state) {
            case Absent absent -> whenAbsent(absent, command, context);
            case Creating creating -> whenCreating(creating, command, context);
            case Created created -> whenCreated(created, command, context);
            case Starting starting -> whenStarting(starting, command, context);
            case Running running -> whenRunning(running, command, context);
            case Paused paused -> whenPaused(paused, command, context);
            case Stopped stopped -> whenStopped(stopped, command, context);
            case Deleting deleting -> whenDeleting(deleting, command, context);
        };
    }

    private static Decision whenAbsent(Absent state, ContainerCommand command, Context context) {
        ContainerName name = context.name();
        Decision notFound = Decision.answer(Refusals.notFound(name));
        return switch (command) {
            case ContainerCommand.Create(Blueprint blueprint) -> Launching.create(state, blueprint, context);
            case ContainerCommand.Start _, ContainerCommand.Kill _, ContainerCommand.Query _ -> notFound;
            case ContainerCommand.Delete(boolean force) -> force ? done() : notFound;
            case ContainerCommand.Pause _, ContainerCommand.Resume _ -> notFound;
            case ContainerCommand.AwaitExit _ -> state.last() == null ? notFound : ended(state.last());
            case ContainerCommand.Update _ -> notFound;
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec _ -> notFound;
            case ContainerCommand.Launched _ -> Decision.answer(Refusals.givenUp(name));
            case ContainerCommand.LaunchFailed(var failure) -> Launching.failedLate(state, failure, context);
            case ContainerCommand.Abandoned _, ContainerCommand.ProgramStarted _ -> done();
            case ContainerCommand.ParentReported report -> Endings.parent(state, report, context);
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported(var report) -> Reports.whenAbsent(state, report, context);
            case ContainerCommand.KillRefused _, ContainerCommand.Recovered _ -> nothing();
        };
    }

    private static Decision whenCreating(Creating state, ContainerCommand command, Context context) {
        ContainerName name = context.name();
        String wait = "Wait until it is created";
        return switch (command) {
            case ContainerCommand.Create _ -> Decision.answer(Refusals.taken(name, state));
            case ContainerCommand.Start _ -> refuse("start", state, wait, context);
            case ContainerCommand.Kill _ -> refuse("kill", state, wait, context);
            case ContainerCommand.Delete(boolean force) ->
                force ? Decision.only(new Verdict.Postponed()) : refuse("delete", state, wait, context);
            case ContainerCommand.Pause _ -> refuse("pause", state, wait, context);
            case ContainerCommand.Resume _ -> refuse("resume", state, wait, context);
            case ContainerCommand.Query _ -> snapshot(state, context);
            case ContainerCommand.AwaitExit _ -> later(Milestone.ENDED);
            case ContainerCommand.Update _ -> refuse("update", state, wait, context);
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec _ -> refuse("exec", state, wait, context);
            case ContainerCommand.Launched(var process) -> Launching.launched(state, process, context);
            case ContainerCommand.LaunchFailed(var failure) -> Launching.failed(state, failure, context);
            case ContainerCommand.Abandoned _ -> Launching.abandoned(state, context);
            case ContainerCommand.ProgramStarted _ -> refuse("start", state, wait, context);
            case ContainerCommand.ParentReported(int pid, var _) -> Decision.answer(Refusals.notItsProcess(name, pid));
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported _, ContainerCommand.KillRefused _ -> nothing();
            case ContainerCommand.Recovered _ -> Launching.interrupted(state, context);
        };
    }

    private static Decision whenCreated(Created state, ContainerCommand command, Context context) {
        return switch (command) {
            case ContainerCommand.Create _ -> Decision.answer(Refusals.taken(context.name(), state));
            case ContainerCommand.Start _ -> Launching.start(state, context);
            case ContainerCommand.Kill kill -> Endings.kill(state, kill, context);
            case ContainerCommand.Delete(boolean force) -> Endings.delete(state, force, context);
            case ContainerCommand.Pause _ -> Pausing.pause(state);
            case ContainerCommand.Resume _ -> refuse("resume", state, "Pause it first", context);
            case ContainerCommand.Query _ -> snapshot(state, context);
            case ContainerCommand.AwaitExit _ -> later(Milestone.ENDED);
            case ContainerCommand.Update update -> Updating.update(state, update);
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec begin -> Execs.begin(state, begin, context);
            case ContainerCommand.Launched _ -> Decision.answer(Refusals.givenUp(context.name()));
            case ContainerCommand.LaunchFailed(var failure) -> Launching.failed(state, failure, context);
            case ContainerCommand.Abandoned _ -> Launching.abandoned(state, context);
            case ContainerCommand.ProgramStarted _ -> refuse("start", state, "Start it with \"troupe start\"", context);
            case ContainerCommand.ParentReported report -> Endings.parent(state, report, context);
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported(var report) -> Reports.whenCreated(state, report, context);
            case ContainerCommand.KillRefused _ -> nothing();
            case ContainerCommand.Recovered _ -> reattach(state);
        };
    }

    private static Decision whenStarting(Starting state, ContainerCommand command, Context context) {
        return switch (command) {
            case ContainerCommand.Create _ -> Decision.answer(Refusals.taken(context.name(), state));
            case ContainerCommand.Start _ -> refuse("start", state, "Wait until it runs", context);
            case ContainerCommand.Kill kill -> Endings.kill(state, kill, context);
            case ContainerCommand.Delete(boolean force) -> Endings.delete(state, force, context);
            case ContainerCommand.Pause _ -> refuse("pause", state, "Wait until it runs", context);
            case ContainerCommand.Resume _ -> refuse("resume", state, "Wait until it runs", context);
            case ContainerCommand.Query _ -> snapshot(state, context);
            case ContainerCommand.AwaitExit _ -> later(Milestone.ENDED);
            case ContainerCommand.Update update -> Updating.update(state, update);
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec begin -> Execs.begin(state, begin, context);
            case ContainerCommand.Launched _ -> Decision.answer(Refusals.givenUp(context.name()));
            case ContainerCommand.LaunchFailed(var failure) -> Launching.failed(state, failure, context);
            case ContainerCommand.Abandoned _ -> Launching.abandoned(state, context);
            case ContainerCommand.ProgramStarted _ -> Launching.started(state, context);
            case ContainerCommand.ParentReported report -> Endings.parent(state, report, context);
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported(var report) -> Reports.whenStarting(state, report, context);
            case ContainerCommand.KillRefused _ -> nothing();
            case ContainerCommand.Recovered _ -> reattach(state);
        };
    }

    private static Decision whenRunning(Running state, ContainerCommand command, Context context) {
        return switch (command) {
            case ContainerCommand.Create _ -> Decision.answer(Refusals.taken(context.name(), state));
            case ContainerCommand.Start _ -> refuse("start", state, "Kill it first", context);
            case ContainerCommand.Kill kill -> Endings.kill(state, kill, context);
            case ContainerCommand.Delete(boolean force) -> Endings.delete(state, force, context);
            case ContainerCommand.Pause _ -> Pausing.pause(state);
            case ContainerCommand.Resume _ -> refuse("resume", state, "Pause it first", context);
            case ContainerCommand.Query _ -> snapshot(state, context);
            case ContainerCommand.AwaitExit _ -> later(Milestone.ENDED);
            case ContainerCommand.Update update -> Updating.update(state, update);
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec begin -> Execs.begin(state, begin, context);
            case ContainerCommand.Launched _ -> Decision.answer(Refusals.givenUp(context.name()));
            case ContainerCommand.LaunchFailed _ -> refuse("create", state, "Delete it first", context);
            case ContainerCommand.Abandoned _, ContainerCommand.ProgramStarted _ -> done();
            case ContainerCommand.ParentReported report -> Endings.parent(state, report, context);
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported(var report) -> Reports.whenRunning(state, report, context);
            case ContainerCommand.KillRefused _ -> nothing();
            case ContainerCommand.Recovered _ -> reattach(state);
        };
    }

    private static Decision whenPaused(Paused state, ContainerCommand command, Context context) {
        return switch (command) {
            case ContainerCommand.Create _ -> Decision.answer(Refusals.taken(context.name(), state));
            case ContainerCommand.Start _ -> refuse("start", state, "Resume it", context);
            case ContainerCommand.Kill kill -> Endings.kill(state, kill, context);
            case ContainerCommand.Delete(boolean force) -> Endings.delete(state, force, context);
            case ContainerCommand.Pause _ -> refuse("pause", state, "Resume it first", context);
            case ContainerCommand.Resume _ -> Pausing.resume(state);
            case ContainerCommand.Query _ -> snapshot(state, context);
            case ContainerCommand.AwaitExit _ -> later(Milestone.ENDED);
            case ContainerCommand.Update update -> Updating.update(state, update);
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec begin -> Execs.begin(state, begin, context);
            case ContainerCommand.Launched _ -> Decision.answer(Refusals.givenUp(context.name()));
            case ContainerCommand.LaunchFailed(var failure) ->
                state.atGate()
                        ? Launching.failed(state, failure, context)
                        : refuse("create", state, "Delete it first", context);
            case ContainerCommand.Abandoned _ -> state.atGate() ? Launching.abandoned(state, context) : done();
            case ContainerCommand.ProgramStarted _ ->
                state.atGate() ? refuse("start", state, "Resume it and start it", context) : done();
            case ContainerCommand.ParentReported report -> Endings.parent(state, report, context);
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported(var report) -> Reports.whenPaused(state, report, context);
            case ContainerCommand.KillRefused _ -> nothing();
            case ContainerCommand.Recovered _ -> reattach(state);
        };
    }

    private static Decision whenStopped(Stopped state, ContainerCommand command, Context context) {
        return switch (command) {
            case ContainerCommand.Create _ -> Decision.answer(Refusals.taken(context.name(), state));
            case ContainerCommand.Start _ -> refuse("start", state, "Delete it and create it again", context);
            case ContainerCommand.Kill kill -> Endings.kill(state, kill, context);
            case ContainerCommand.Delete(boolean force) -> Endings.delete(state, force, context);
            case ContainerCommand.Pause _ -> refuse("pause", state, "Delete it and create it again", context);
            case ContainerCommand.Resume _ -> refuse("resume", state, "Delete it and create it again", context);
            case ContainerCommand.Query _ -> snapshot(state, context);
            case ContainerCommand.AwaitExit _ -> ended(state.ending());
            case ContainerCommand.Update _ -> refuse("update", state, "Delete it and create it again", context);
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec _ -> refuse("exec", state, "Delete it and create it again", context);
            case ContainerCommand.Launched _ -> Decision.answer(Refusals.givenUp(context.name()));
            case ContainerCommand.LaunchFailed(var failure) -> Launching.failedLate(state, failure, context);
            case ContainerCommand.Abandoned _, ContainerCommand.ProgramStarted _ -> done();
            case ContainerCommand.ParentReported report -> Endings.parent(state, report, context);
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported(var report) -> Reports.whenStopped(state, report, context);
            case ContainerCommand.KillRefused _, ContainerCommand.Recovered _ -> nothing();
        };
    }

    private static Decision whenDeleting(Deleting state, ContainerCommand command, Context context) {
        return switch (command) {
            case ContainerCommand.Create _ ->
                state.leftovers().isEmpty()
                        ? Decision.only(new Verdict.Postponed())
                        : Decision.answer(Refusals.leftovers(context.name(), "create", state.leftovers()));
            case ContainerCommand.Start _ -> refuse("start", state, "Create it again", context);
            case ContainerCommand.Kill _ ->
                Decision.answer(Refusals.noProcess(context.name(), state, "Wait until it is gone"));
            case ContainerCommand.Delete(boolean force) -> Endings.delete(state, force, context);
            case ContainerCommand.Pause _ -> refuse("pause", state, "Create it again", context);
            case ContainerCommand.Resume _ -> refuse("resume", state, "Create it again", context);
            case ContainerCommand.Query _ -> snapshot(state, context);
            case ContainerCommand.AwaitExit _ -> Endings.await(state, context);
            case ContainerCommand.Update _ -> refuse("update", state, "Create it again", context);
            case ContainerCommand.LimitsAnswered answered -> Updating.answered(state, answered, context);
            case ContainerCommand.FreezerAnswered answered -> Pausing.answered(state, answered, context);
            case ContainerCommand.BeginExec _ -> refuse("exec", state, "Create it again", context);
            case ContainerCommand.Launched _ -> Decision.answer(Refusals.givenUp(context.name()));
            case ContainerCommand.LaunchFailed(var failure) -> Launching.failedLate(state, failure, context);
            case ContainerCommand.Abandoned _, ContainerCommand.ProgramStarted _ -> done();
            case ContainerCommand.ParentReported report -> Endings.parent(state, report, context);
            case ContainerCommand.EndExec(long exec, var cause) -> Execs.ended(state, exec, cause, context);
            case ContainerCommand.FailExec(long exec, var failure) -> Execs.failed(state, exec, failure, context);
            case ContainerCommand.Checkpointed done -> Checkpointing.checkpointed(state, done, context);
            case ContainerCommand.Restored done -> Checkpointing.restored(state, done, context);
            case ContainerCommand.RecordMounts mounts -> Execs.mountsChanged(state, mounts, context);
            case ContainerCommand.WarnHook(String text) -> Execs.hookWarning(state, text, context);
            case ContainerCommand.ProcessReported(var report) -> Reports.whenDeleting(state, report, context);
            case ContainerCommand.KillRefused(String message) -> Endings.killRefused(state, message, context);
            case ContainerCommand.Recovered _ -> Endings.resume(state);
        };
    }

    private static Decision reattach(Alive state) {
        return Draft.of(state)
                .effect(new Effect.Reattach(state.process(), footprint(state)))
                .nobody();
    }

    private static Decision snapshot(ContainerState.Present state, Context context) {
        return Decision.answer(new Answer.Snapshot(context.name(), state));
    }

    private static Decision refuse(String verb, ContainerState state, String remedy, Context context) {
        return Decision.answer(Refusals.cannot(context.name(), verb, state, remedy));
    }

    static Footprint footprint(ContainerState.Present state) {
        return state.life().blueprint().footprint();
    }

    static Decision ended(Ending ending) {
        return Decision.answer(new Answer.Ended(ending.cause()));
    }

    static Decision later(Milestone milestone) {
        return Decision.only(new Verdict.Later(milestone));
    }

    static Decision done() {
        return Decision.answer(new Answer.Done());
    }

    static Decision nothing() {
        return Decision.only(new Verdict.Nobody());
    }
}
