package io.troupe.supervisor.container;

import java.time.Instant;

/**
 * An event of a container's life as it is persisted. Its place in the life, the sequence number, is the journal's.
 *
 * @param incarnation how often this id had been created when it happened, this time included; from 1
 */
public record Fact(Instant at, int incarnation, Cause cause, ContainerEvent event) implements Persisted {}
