package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.host.HostFacts;

/**
 * What a plan needs besides the bundle.
 *
 * @param directory the incarnation's private directory, absolute; its last name names the cgroup that no one else named
 * @param withGate whether start comes as a command of its own
 * @param foreground whether the client stays until the process has ended
 */
public record LaunchContext(
        ContainerName name,
        String directory,
        ConsoleWish console,
        Handover handover,
        boolean noPivot,
        boolean noNewKeyring,
        boolean withGate,
        boolean foreground,
        HostFacts host) {}
