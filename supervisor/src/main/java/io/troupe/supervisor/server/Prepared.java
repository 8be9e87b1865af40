package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.supervisor.container.Blueprint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A launch that has been planned, and touched nothing yet.
 *
 * @param config config.json as it was read
 * @param pidFile absolute; null for none
 * @param word of the command line: {@code create} or {@code run}
 */
record Prepared(
        ContainerName name,
        LaunchPlan plan,
        Blueprint blueprint,
        String config,
        @Nullable Path pidFile,
        String word) {

    /** {@return a step's failure for the caller} */
    Failure told(StepFailure failure) {
        return Wordings.failure(name, plan, failure);
    }

    /** {@return a step's failure as one clause, for the journal} */
    String words(StepFailure failure) {
        return Wordings.clause(name, plan, failure);
    }
}
