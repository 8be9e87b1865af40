package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import java.util.List;

/**
 * What the plan of an exec needs besides configuration and process.
 *
 * @param cgroupFiles cgroup.procs of the container's cgroups, absolute
 * @param preserveFds how many descriptors from 3 on the program gets
 */
public record ExecContext(
        ContainerName name, List<String> cgroupFiles, ConsoleWish console, int preserveFds, boolean foreground) {
    public ExecContext {
        cgroupFiles = List.copyOf(cgroupFiles);
    }
}
