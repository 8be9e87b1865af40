package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.host.HostFacts;
import org.jspecify.annotations.Nullable;

/**
 * What a plan needs besides the bundle.
 *
 * @param directory the incarnation's private directory, absolute; its last name names the cgroup that no one else named
 * @param withGate whether start comes as a command of its own
 * @param foreground whether the client stays until the process has ended
 * @param systemd cgroup of the systemd that is to make the container's cgroup, "" for the root; null if none is to
 * @param network whether a network namespace comes with the plan if it needs a new one
 * @param group of resctrl; null for none
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
        @Nullable String systemd,
        boolean network,
        HostFacts host,
        @Nullable ResctrlGroup group) {
    /** Without a network and resctrl. */
    public LaunchContext(
            ContainerName name,
            String directory,
            ConsoleWish console,
            Handover handover,
            boolean noPivot,
            boolean noNewKeyring,
            boolean withGate,
            boolean foreground,
            @Nullable String systemd,
            HostFacts host) {
        this(
                name,
                directory,
                console,
                handover,
                noPivot,
                noNewKeyring,
                withGate,
                foreground,
                systemd,
                false,
                host,
                null);
    }

    /** Without systemd. */
    public LaunchContext(
            ContainerName name,
            String directory,
            ConsoleWish console,
            Handover handover,
            boolean noPivot,
            boolean noNewKeyring,
            boolean withGate,
            boolean foreground,
            HostFacts host) {
        this(name, directory, console, handover, noPivot, noNewKeyring, withGate, foreground, null, host);
    }
}
