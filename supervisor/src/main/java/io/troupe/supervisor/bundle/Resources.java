package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits of the container's cgroup; null means untouched. Zeros of memory and processor limits ask for nothing, as
 * for other runtimes, and are read as null.
 *
 * @param devices in order; later rules override earlier ones
 * @param pidsLimit -1 for no limit
 * @param hugepages limits by size of page
 * @param rdma limits by name of the device; every one has a limit
 * @param unified files of cgroup version 2 and what is written to them, a write a line; names without slashes
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#control-groups Runtime
 *     Specification, Control groups
 */
public record Resources(
        List<DeviceRule> devices,
        Memory memory,
        Cpu cpu,
        @Nullable Long pidsLimit,
        BlockIo blockIo,
        List<Hugepages> hugepages,
        Network network,
        Map<String, Rdma> rdma,
        Map<String, String> unified) {
    /** Nothing asked for. */
    public static final Resources NONE = new Resources(List.of(), Memory.NONE, Cpu.NONE, null);

    /** Limits of the controllers that most configurations name. */
    public Resources(List<DeviceRule> devices, Memory memory, Cpu cpu, @Nullable Long pidsLimit) {
        this(devices, memory, cpu, pidsLimit, BlockIo.NONE, List.of(), Network.NONE, Map.of(), Map.of());
    }

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
     * @param kernelTcp of the kernel's TCP buffers; cgroup version 1 alone has it
     * @param checkBeforeUpdate whether an update to a limit below the usage is an error; a new cgroup uses nothing
     */
    public record Memory(
            @Nullable Long limit,
            @Nullable Long reservation,
            @Nullable Long swap,
            @Nullable Integer swappiness,
            @Nullable Long kernelTcp,
            boolean disableOomKiller,
            boolean checkBeforeUpdate) {
        /** Nothing asked for. */
        public static final Memory NONE = new Memory(null, null, null, null, null, false, false);
    }

    /**
     * Processor time; periods and quotas in microseconds.
     *
     * @param shares relative weight of cgroup v1, 2 to 262144
     * @param quota -1 for none
     * @param burst what may be saved up of the quota
     * @param cpus list of processors such as {@code 0-3,7}; empty to leave it
     * @param mems list of memory nodes; empty to leave it
     * @param idle 1 to run only when nobody else wants to ({@code SCHED_IDLE}), 0 for not so
     */
    public record Cpu(
            @Nullable Long shares,
            @Nullable Long quota,
            @Nullable Long period,
            @Nullable Long burst,
            @Nullable Long realtimeRuntime,
            @Nullable Long realtimePeriod,
            String cpus,
            String mems,
            @Nullable Integer idle) {
        /** Nothing asked for. */
        public static final Cpu NONE = new Cpu(null, null, null, null, null, null, "", "", null);
    }

    /**
     * Block devices.
     *
     * @param weight 10 to 1000
     */
    public record BlockIo(@Nullable Integer weight, List<WeightDevice> weightDevices, List<Throttle> throttles) {
        /** Nothing asked for. */
        public static final BlockIo NONE = new BlockIo(null, List.of(), List.of());
    }

    /** @param weight 10 to 1000 */
    public record WeightDevice(long major, long minor, int weight) {}

    /** @param rate bytes or operations a second, unsigned; 0 for no limit */
    public record Throttle(Direction direction, long major, long minor, long rate) {}

    /** What {@link Throttle} counts. */
    public enum Direction {
        READ_BYTES,
        WRITE_BYTES,
        READ_OPERATIONS,
        WRITE_OPERATIONS
    }

    /**
     * Huge pages.
     *
     * @param pageSize as the kernel names its files: a number and {@code KB}, {@code MB} or {@code GB}
     * @param limit bytes, unsigned
     */
    public record Hugepages(String pageSize, long limit) {}

    /**
     * Marks of packets; cgroup version 1 alone has them.
     *
     * @param classId net_cls, unsigned 32 bits
     * @param priorities net_prio, by the host's interface
     */
    public record Network(@Nullable Long classId, Map<String, Long> priorities) {
        /** Nothing asked for. */
        public static final Network NONE = new Network(null, Map.of());
    }

    /** Remote direct memory access; null is no limit, and not both are. */
    public record Rdma(@Nullable Long handles, @Nullable Long objects) {}
}
