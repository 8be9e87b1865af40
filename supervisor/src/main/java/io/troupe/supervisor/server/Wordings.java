package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.plan.StepFailures;
import io.troupe.syscall.Errno;

/** Failures of the launcher in words. */
public final class Wordings {
    private Wordings() {}

    /** {@return a failed step of a plan that is at hand} */
    static Failure failure(ContainerName name, LaunchPlan plan, StepFailure failure) {
        return StepFailures.toFailure(name, plan, failure, Errno.describe(failure.errno()));
    }

    /** {@return the same as one clause, for the journal} */
    static String clause(ContainerName name, LaunchPlan plan, StepFailure failure) {
        return failure(name, plan, failure).what();
    }

    /** {@return a step that failed after the gate, of a plan that only the journal remembers} */
    public static Failure late(ContainerName name, Blueprint blueprint, StepFailure failure) {
        String step = blueprint.lateSteps().getOrDefault(failure.index(), "its start");
        return StepFailures.late(name, step, failure, Errno.describe(failure.errno()));
    }
}
