package io.troupe.supervisor.bundle;

import java.util.List;

/**
 * What annotations ask of the runtime, by the names that crun has for it (crun(1), "Extensions to OCI"). Texts are empty
 * where nothing is asked.
 *
 * @param keepGroups whether processes have their caller's supplementary groups, and not those of the configuration
 * @param hookOutput file of the host that hooks append their standard output to, absolute in a {@link Bundle}
 * @param hookErrors likewise their standard error
 * @param pidfdReceiver listening socket that the process's pidfd is sent to, absolute in a {@link Bundle}
 * @param seccompReceiver what {@code linux.seccomp.listenerPath} is if the profile names none, absolute
 * @param knownCallsOnly whether a profile may name system calls that are not known
 * @param rawFilter a filter in place of a profile: {@code struct sock_filter} array in Base64
 * @param labelOption of file systems that {@code linux.mountLabel} is for: {@code context} and such (mount(8))
 * @param legacySystemd destination of a mount that becomes one of the hierarchy {@code name=systemd} of cgroup version 1
 * @param subgroup cgroup below systemd's scope that is the container's, relative
 * @param delegatedCgroup cgroup below the container's that its process is in, relative
 * @param passedOver names of annotations that look like crun's and mean nothing to Troupe
 */
public record Extensions(
        boolean keepGroups,
        String hookOutput,
        String hookErrors,
        String pidfdReceiver,
        String seccompReceiver,
        boolean knownCallsOnly,
        String rawFilter,
        String labelOption,
        String legacySystemd,
        String subgroup,
        String delegatedCgroup,
        List<String> passedOver) {
    /** Nothing. */
    public static final Extensions NONE =
            new Extensions(false, "", "", "", "", false, "", "context", "", "", "", List.of());

    /** {@return the same with files that are looked for in a directory} */
    Extensions resolved(String directory) {
        return new Extensions(
                keepGroups,
                in(directory, hookOutput),
                in(directory, hookErrors),
                in(directory, pidfdReceiver),
                seccompReceiver,
                knownCallsOnly,
                rawFilter,
                labelOption,
                legacySystemd,
                subgroup,
                delegatedCgroup,
                passedOver);
    }

    private static String in(String directory, String path) {
        return path.isEmpty() || path.startsWith("/") ? path : directory + "/" + path;
    }
}
