package io.troupe.supervisor.server;

import io.troupe.launch.StepFailure;

/** The launcher could not do a step of a plan; the process of the plan is gone. */
final class StepFailedException extends Exception {
    private final transient StepFailure failure;

    StepFailedException(StepFailure failure) {
        super("step " + failure.section() + " " + failure.index() + ": errno " + failure.errno(), null, false, false);
        this.failure = failure;
    }

    StepFailure failure() {
        return failure;
    }
}
