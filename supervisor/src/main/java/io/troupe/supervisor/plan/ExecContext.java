package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.host.SecurityModules;
import java.util.List;

/**
 * What the plan of an exec needs besides configuration and process.
 *
 * @param bundle of the container, as its state has it
 * @param pid of the container's process
 * @param cgroupFiles cgroup.procs of the container's cgroups, absolute
 * @param security modules of the host
 */
public record ExecContext(
        ContainerName name,
        String bundle,
        int pid,
        List<String> cgroupFiles,
        ConsoleWish console,
        Handover handover,
        boolean foreground,
        SecurityModules security) {
    public ExecContext {
        cgroupFiles = List.copyOf(cgroupFiles);
    }
}
