package io.troupe.supervisor.process;

import io.troupe.supervisor.systemd.Systemd;
import io.troupe.syscall.EventLoop;

/**
 * What process actors work with; all of it outlives them.
 *
 * @param loop waits for pidfds and start sockets
 * @param park keeps pidfds beyond the supervisor's life
 * @param systemd is asked only by those whose cgroup it has made
 * @param bootId of the running kernel
 */
public record Machine(EventLoop loop, Park park, Systemd systemd, String bootId) {}
