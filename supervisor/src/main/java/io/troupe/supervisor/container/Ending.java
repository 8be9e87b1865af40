package io.troupe.supervisor.container;

import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.process.ProcessIdentity;
import java.time.Instant;

/**
 * How a container's process ended.
 *
 * @param sequence of the event that says so
 * @param witness see {@link ContainerEvent.Exited}
 */
public record Ending(long sequence, Instant at, ProcessIdentity process, ExitCause cause, String witness) {}
