package io.troupe.supervisor.process;

import io.troupe.launch.StepFailure;
import io.troupe.protocol.ExitCause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the process actor tells its owner. */
public sealed interface ProcessReport {
    /**
     * The process ended.
     *
     * @param witness who saw how: {@code pidfd}, {@code zombie}, {@code park}, {@code parent}, {@code none}
     */
    record Exited(ExitCause cause, String witness) implements ProcessReport {}

    /**
     * After {@link ProcessCommand.Reattach}: it still runs.
     *
     * @param atGate it has not executed its program yet
     * @param frozen it is stopped by its cgroup's freezer
     */
    record Reattached(boolean atGate, boolean frozen) implements ProcessReport {}

    /** After {@link ProcessCommand.Release}: the program runs. */
    record ProgramStarted() implements ProcessReport {}

    /**
     * After {@link ProcessCommand.Release}: a step after the gate failed; the process ends by itself.
     *
     * @param end its end, if that has been seen already; null if it will be told later
     */
    record StartFailed(StepFailure failure, @Nullable Exited end) implements ProcessReport {
        StartFailed(StepFailure failure) {
            this(failure, null);
        }
    }

    /**
     * After {@link ProcessCommand.Release}: the start socket could not be used.
     *
     * @param message call, subject, errno
     */
    record GateUnreachable(String message) implements ProcessReport {}

    /**
     * After {@link ProcessCommand.CleanUp}.
     *
     * @param leftovers what could not be removed and why, a line each
     */
    record CleanedUp(List<String> leftovers) implements ProcessReport {}
}
