package io.troupe.supervisor.bundle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits of the container's cgroup; null means untouched. Zeros of memory and processor limits ask for nothing, as
 * for other runtimes, and are read as null.
 *
 * @param devices in order; later rules override earlier ones
 * @param pidsLimit -1 for no limit
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#control-groups Runtime
 *     Specification, Control groups
 */
public record Resources(
        List<DeviceRule> devices,
        Memory memory,
        Cpu cpu,
        @Nullable Long pidsLimit) {
    /** Nothing asked for. */
    public static final Resources NONE = new Resources(List.of(), Memory.NONE, Cpu.NONE, null);

    /**
     * Access to device nodes.
     *
     * @param type {@code a} (all), {@code c} or {@code b}
     * @param major -1 for every one
     * @param minor -1 for every one
     * @param access letters of {@code rwm}, not empty
     */
    public record DeviceRule(boolean allow, char type, long major, long minor, String access) {}

    /**
     * Memory, in bytes.
     *
     * @param limit -1 for none
     * @param reservation soft limit; -1 for none
     * @param swap memory and swap together, as in cgroup v1; -1 for none
     * @param swappiness 0 to 100; cgroup v1 alone has it
     * @param checkBeforeUpdate whether a limit below the usage is an error
     */
    public record Memory(
            @Nullable Long limit,
            @Nullable Long reservation,
            @Nullable Long swap,
            @Nullable Integer swappiness,
            boolean disableOomKiller,
            boolean checkBeforeUpdate) {
        /** Nothing asked for. */
        public static final Memory NONE = new Memory(null, null, null, null, false, false);
    }

    /**
     * Processor time; periods and quotas in microseconds.
     *
     * @param shares relative weight of cgroup v1, 2 to 262144
     * @param quota -1 for none
     * @param cpus list of processors such as {@code 0-3,7}; empty to leave it
     * @param mems list of memory nodes; empty to leave it
     */
    public record Cpu(
            @Nullable Long shares,
            @Nullable Long quota,
            @Nullable Long period,
            @Nullable Long realtimeRuntime,
            @Nullable Long realtimePeriod,
            String cpus,
            String mems) {
        /** Nothing asked for. */
        public static final Cpu NONE = new Cpu(null, null, null, null, null, "", "");
    }
}
