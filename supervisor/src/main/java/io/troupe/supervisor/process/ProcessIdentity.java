package io.troupe.supervisor.process;

/**
 * A process that cannot be mistaken for another: a pid alone comes back, the three together do not.
 *
 * @param bootId /proc/sys/kernel/random/boot_id
 * @param pid as the supervisor sees it
 * @param startTicks field 22 of /proc/PID/stat (proc(5)), clock ticks after boot
 */
public record ProcessIdentity(String bootId, int pid, long startTicks) {}
