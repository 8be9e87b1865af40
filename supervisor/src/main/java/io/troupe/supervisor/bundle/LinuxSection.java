package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is Linux's own in a configuration.
 *
 * @param uidMappings of a new user namespace, not empty with one unless it is joined by path
 * @param gidMappings likewise
 * @param timeOffsets of a new time namespace, by clock: {@code monotonic}, {@code boottime}
 * @param devices besides the default ones
 * @param cgroupsPath as written, in cgroupfs form; null to choose one
 * @param rootfsPropagation {@code MS_*} bits, always with {@code MS_REC}; 0 if absent
 * @param seccomp null for no filter
 * @param maskedPaths absolute, inside the container
 * @param readonlyPaths likewise
 * @param sysctl by key with slashes, {@code net/ipv4/ip_forward}; each belongs to a namespace that is the container's
 * @param execution of every process in the container
 * @param mountLabel SELinux label of new file systems; empty for none
 * @param netDevices interfaces to move into the network namespace, which is the container's
 * @param intelRdt null to leave the process where the caller is
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md Runtime Specification, Linux
 */
public record LinuxSection(
        Namespaces namespaces,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        Map<String, TimeOffset> timeOffsets,
        List<DeviceNode> devices,
        @Nullable String cgroupsPath,
        Resources resources,
        long rootfsPropagation,
        @Nullable SeccompProfile seccomp,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Map<String, String> sysctl,
        Execution execution,
        String mountLabel,
        List<NetDevice> netDevices,
        @Nullable IntelRdt intelRdt) {

    /**
     * An interface.
     *
     * @param name in the runtime's network namespace
     * @param inside in the container's; the same, or a template with {@code %d}
     */
    public record NetDevice(String name, String inside) {}

    /** @param nanosecs 0 to 999999999 */
    public record TimeOffset(long secs, long nanosecs) {}
}
