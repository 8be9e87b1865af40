package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import java.util.List;

/**
 * What the plan of an exec needs besides configuration and process.
 *
 * @param cgroupFiles cgroup.procs of the container's cgroups, absolute
 */
public record ExecContext(
        ContainerName name, List<String> cgroupFiles, ConsoleWish console, Handover handover, boolean foreground) {
    public ExecContext {
        cgroupFiles = List.copyOf(cgroupFiles);
    }
}
