package io.troupe.supervisor.bundle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a process gets processors and disks. Numbers are the kernel's.
 *
 * @param policy null to keep the caller's
 * @param io null to keep the caller's
 * @param execInitial processors that an exec runs on before it enters the container's cgroups; none to leave them
 * @param execFinal processors that an exec runs on from then on; none to leave them to the kernel
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#linux-process Runtime Specification, Linux
 *     Process
 */
public record Scheduling(
        @Nullable Policy policy, @Nullable IoPriority io, List<Long> execInitial, List<Long> execFinal) {
    /** The caller's. */
    public static final Scheduling INHERITED = new Scheduling(null, null, List.of(), List.of());

    /**
     * What sched_setattr(2) takes.
     *
     * @param number {@code SCHED_*}
     * @param nice -20 to 19
     * @param priority 1 to 99 for SCHED_FIFO and SCHED_RR, else 0
     * @param flags {@code SCHED_FLAG_*}
     * @param runtime nanoseconds, unsigned; 0 but for SCHED_DEADLINE, and so are the next two
     * @param deadline nanoseconds, unsigned
     * @param period nanoseconds, unsigned
     */
    public record Policy(int number, int nice, int priority, long flags, long runtime, long deadline, long period) {}

    /**
     * What ioprio_set(2) takes.
     *
     * @param ioClass 1 for real time, 2 for best effort, 3 for idle
     * @param level 0, the highest, to 7
     */
    public record IoPriority(int ioClass, int level) {}
}
