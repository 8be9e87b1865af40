package io.troupe.supervisor.bundle;

/**
 * A range of ids of a user namespace (user_namespaces(7)), all unsigned 32 bits.
 *
 * @param size at least 1; neither range wraps
 */
public record IdMapping(long containerId, long hostId, long size) {}
