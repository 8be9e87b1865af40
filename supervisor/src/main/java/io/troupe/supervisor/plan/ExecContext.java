package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.host.SecurityModules;
import java.util.List;

/**
 * What the plan of an exec needs besides configuration and process.
 *
 * @param bundle of the container, as its state has it
 * @param pid of the container's process
 * @param cgroupFiles of the container's cgroups, absolute: cgroup.procs, or on version 1 tasks; and tasks of its group
 *     of resctrl
 * @param security modules of the host
 * @param capabilities what this runtime may give; bit n is capability n
 */
public record ExecContext(
        ContainerName name,
        String bundle,
        int pid,
        List<String> cgroupFiles,
        ConsoleWish console,
        Handover handover,
        boolean foreground,
        SecurityModules security,
        long capabilities) {
    private static final long CAP_SETGID = 1 << 6;

    public ExecContext {
        cgroupFiles = List.copyOf(cgroupFiles);
    }

    /** {@return whether this runtime may take any user and groups} */
    boolean privileged() {
        return (capabilities & CAP_SETGID) != 0;
    }
}
