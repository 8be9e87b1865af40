package io.troupe.supervisor.container;

import io.troupe.launch.StepFailure;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a decision may know besides the state and the command.
 *
 * @param who asks; null if nobody does
 * @param wording tells a launcher's failure in words
 */
public record Context(ContainerName name, Instant now, Cause.@Nullable ByPeer who, Wording wording) {

    /** Tells a launcher's failure in words. A pure function. */
    @FunctionalInterface
    public interface Wording {
        /** {@return the failure, told with {@link Blueprint#lateSteps}} */
        Failure of(ContainerName name, Blueprint blueprint, StepFailure failure);
    }

    /** {@return the cause of an event that this command asks for} */
    Cause asked() {
        return who == null ? new Cause.BySupervisor("nobody asked") : who;
    }
}
