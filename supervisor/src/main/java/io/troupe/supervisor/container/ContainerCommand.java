package io.troupe.supervisor.container;

import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.supervisor.process.LimitChange;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.process.ProcessReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a container can be asked, and what it is told about its process. */
public sealed interface ContainerCommand {

    // ---- asked by users ------------------------------------------------------------------------------------------

    /** Takes the id and records the intent. {@link Answer.Granted}: the launch may begin. */
    record Create(Blueprint blueprint) implements ContainerCommand {}

    /** runtime.md, "Start". Answered once the program runs, or cannot. */
    record Start() implements ContainerCommand {}

    /**
     * runtime.md, "Kill". Answered once the signal has been sent.
     *
     * @param signal 0 to 64; 0 only asks whether there is a process
     * @param all to every process of the container
     */
    record Kill(int signal, boolean all) implements ContainerCommand {}

    /**
     * runtime.md, "Delete". Answered once nothing is left.
     *
     * @param force even if its process lives, which is killed first; no failure if there is no container
     */
    record Delete(boolean force) implements ContainerCommand {}

    /** Stops all its processes where they are. Answered once they have stopped. */
    record Pause() implements ContainerCommand {}

    /** Lets the processes of a paused container go on. */
    record Resume() implements ContainerCommand {}

    /** Changes limits of its cgroups. Answered once all are written, or none. */
    record Update(List<LimitChange> changes) implements ContainerCommand {
        public Update {
            changes = List.copyOf(changes);
        }
    }

    /** {@link Answer.Snapshot}. */
    record Query() implements ContainerCommand {}

    /** {@link Answer.Ended} once its process has ended, or has ended already; also of a deleted container. */
    record AwaitExit() implements ContainerCommand {}

    /**
     * Records that another process is to run in it: {@link Answer.ExecGranted}.
     *
     * @param program see {@link ContainerEvent.ExecRequested}
     * @param ignorePaused also if it is paused
     */
    record BeginExec(String program, String argvDigest, boolean ignorePaused) implements ContainerCommand {}

    // ---- told by the session that carries a launch out -------------------------------------------------------------

    /** The process that the create asked for exists. {@link Answer.Done}: it is recorded and may live on. */
    record Launched(ProcessIdentity process) implements ContainerCommand {}

    /**
     * The launch failed, before or after {@link Launched}; its process has ended, or will of itself. Answered once what
     * had been made is gone.
     */
    record LaunchFailed(Failure failure) implements ContainerCommand {}

    /** Who created it went away before it could be told that the process lives. */
    record Abandoned() implements ContainerCommand {}

    /** With an {@link Intent} that starts itself: the program runs. */
    record ProgramStarted() implements ContainerCommand {}

    /**
     * The process's parent, a client, has waited for it. Whoever sends this has seen that the process is gone.
     *
     * @param pid as the supervisor sees it
     * @param waitStatus see wait(2)
     */
    record ParentReported(int pid, int waitStatus) implements ContainerCommand {}

    /** A process of {@link BeginExec} ended. */
    record EndExec(long exec, ExitCause cause) implements ContainerCommand {}

    /** A process of {@link BeginExec} could not be made, or not execute its program. */
    record FailExec(long exec, Failure failure) implements ContainerCommand {}

    /**
     * Images of its processes are complete. {@link Answer.Done}: they may end now, if they are to.
     *
     * @param images directory, absolute
     */
    record Checkpointed(String images, Checkpoint extent) implements ContainerCommand {}

    /**
     * With an {@link Intent} that starts itself: its processes are what they were, and run.
     *
     * @param images directory, absolute
     */
    record Restored(String images) implements ContainerCommand {}

    /**
     * Mounts of it were changed, or some of them.
     *
     * @param added see {@link ContainerEvent.MountsChanged}, as for the others
     */
    record RecordMounts(boolean added, List<String> destinations, String problem) implements ContainerCommand {
        public RecordMounts {
            destinations = List.copyOf(destinations);
        }
    }

    /** A hook failed that may fail. */
    record WarnHook(String text) implements ContainerCommand {}

    // ---- told by the actors around it ------------------------------------------------------------------------------

    /** From the process actor. */
    record ProcessReported(ProcessReport report) implements ContainerCommand {}

    /**
     * A process that must end for a forced delete cannot be killed.
     *
     * @param message call, subject, errno
     */
    record KillRefused(String message) implements ContainerCommand {}

    /**
     * What became of {@link Effect.Freeze}.
     *
     * @param frozen whether its processes were to stop
     * @param problem why they are not as they should be; null if they are
     */
    record FreezerAnswered(boolean frozen, @Nullable String problem) implements ContainerCommand {}

    /**
     * What became of {@link Effect.SetLimits}.
     *
     * @param changes those that were asked for
     * @param problem why they are not as they should be; null if they are
     */
    record LimitsAnswered(
            List<LimitChange> changes, @Nullable String problem) implements ContainerCommand {
        public LimitsAnswered {
            changes = List.copyOf(changes);
        }
    }

    /** The state has just been replayed; what the world is like now is not known. */
    record Recovered() implements ContainerCommand {}
}
