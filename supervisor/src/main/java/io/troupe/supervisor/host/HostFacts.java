package io.troupe.supervisor.host;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor finds out about its host. {@link LiveHost} has what holds now.
 *
 * @param kernelRelease as uname -r prints it
 * @param bootId /proc/sys/kernel/random/boot_id
 * @param cgroups where cgroups are
 * @param lastCapability highest capability that the kernel knows
 * @param capabilities that this process may give: its bounding and permitted sets, bit n is capability n
 * @param initialUserNamespace whether this process is in the host's first user namespace
 * @param uid effective user id
 * @param delegate files of a version 2 cgroup that go to its owner: /sys/kernel/cgroup/delegate
 * @param security modules whose labels can be applied
 * @param resctrl null if it is not mounted
 */
public record HostFacts(
        String kernelRelease,
        String bootId,
        CgroupLayout cgroups,
        int lastCapability,
        long capabilities,
        boolean initialUserNamespace,
        int uid,
        List<String> delegate,
        SecurityModules security,
        @Nullable Resctrl resctrl) {
    /** What kernels delegate that do not say so (cgroups(7), "Cgroups v2 delegation"). */
    public static final List<String> DELEGATE = List.of("cgroup.procs", "cgroup.subtree_control", "cgroup.threads");

    /** Without resctrl, as nearly everywhere. */
    public HostFacts(
            String kernelRelease,
            String bootId,
            CgroupLayout cgroups,
            int lastCapability,
            long capabilities,
            boolean initialUserNamespace,
            int uid,
            List<String> delegate,
            SecurityModules security) {
        this(
                kernelRelease,
                bootId,
                cgroups,
                lastCapability,
                capabilities,
                initialUserNamespace,
                uid,
                delegate,
                security,
                null);
    }

    /** {@return the same where there are no cgroups} */
    public HostFacts withoutCgroups() {
        return with(new CgroupLayout(List.of(), Optional.empty()), resctrl);
    }

    HostFacts with(CgroupLayout other, @Nullable Resctrl mounted) {
        return new HostFacts(
                kernelRelease,
                bootId,
                other,
                lastCapability,
                capabilities,
                initialUserNamespace,
                uid,
                delegate,
                security,
                mounted);
    }
}
