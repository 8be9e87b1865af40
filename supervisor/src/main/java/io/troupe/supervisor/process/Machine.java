package io.troupe.supervisor.process;

import io.troupe.syscall.EventLoop;

/**
 * What process actors work with; all of it outlives them.
 *
 * @param loop waits for pidfds and start sockets
 * @param park keeps pidfds beyond the supervisor's life
 * @param bootId of the running kernel
 */
public record Machine(EventLoop loop, Park park, String bootId) {}
