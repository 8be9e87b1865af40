package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import java.util.List;

/**
 * What the plan of an exec needs besides configuration and process.
 *
 * @param bundle of the container, as its state has it
 * @param pid of the container's process
 * @param cgroupFiles cgroup.procs of the container's cgroups, absolute
 */
public record ExecContext(
        ContainerName name,
        String bundle,
        int pid,
        List<String> cgroupFiles,
        ConsoleWish console,
        Handover handover,
        boolean foreground) {
    public ExecContext {
        cgroupFiles = List.copyOf(cgroupFiles);
    }
}
