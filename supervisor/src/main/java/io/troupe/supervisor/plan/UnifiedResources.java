package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.bundle.Resources.BlockIo;
import io.troupe.supervisor.bundle.Resources.Cpu;
import io.troupe.supervisor.bundle.Resources.Direction;
import io.troupe.supervisor.bundle.Resources.Memory;
import io.troupe.supervisor.bundle.Resources.Rdma;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Limits, which the specification writes in the terms of cgroup version 1, in those of version 2. */
final class UnifiedResources {
    /** Microseconds; the kernel's own. */
    static final long DEFAULT_PERIOD = 100_000;

    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long MAX_WEIGHT = 10_000;

    private final List<ControlWrite> writes = new ArrayList<>();

    private UnifiedResources() {}

    /**
     * {@return what is written to which file of the container's cgroup, in that order}
     *
     * @throws FailureException UNSUPPORTED for what version 2 does not have
     */
    static List<ControlWrite> writes(Resources resources) {
        refuseLegacy(resources);
        UnifiedResources all = new UnifiedResources();
        all.put("pids.limit", "pids", "pids.max", pids(resources.pidsLimit()));
        all.memory(resources.memory());
        all.blockIo(resources.blockIo());
        all.cpu(resources.cpu());
        resources.hugepages().forEach(pages -> {
            String limit = Long.toUnsignedString(pages.limit());
            all.put("hugepageLimits", "hugetlb", "hugetlb." + pages.pageSize() + ".max", limit);
            all.put("hugepageLimits", "hugetlb", "hugetlb." + pages.pageSize() + ".rsvd.max", limit);
        });
        rdma(resources.rdma()).forEach(line -> all.put("rdma", "rdma", "rdma.max", line));
        resources.unified().forEach(all::asWritten);
        return List.copyOf(all.writes);
    }

    private void put(String field, String controller, String file, @Nullable Object value) {
        if (value != null) {
            writes.add(ControlWrite.of(field, controller, file, value));
        }
    }

    /** An idle cgroup takes no weight, and a burst is measured by the quota. */
    private void cpu(Cpu cpu) {
        put("cpu.shares", "cpu", "cpu.weight", cpu.shares() == null ? null : weight(cpu.shares()));
        put("cpu.idle", "cpu", "cpu.idle", cpu.idle());
        if (cpu.quota() != null || cpu.period() != null) {
            String quota = cpu.quota() == null ? "max" : limit(cpu.quota());
            put("cpu.quota", "cpu", "cpu.max", quota + " " + (cpu.period() == null ? DEFAULT_PERIOD : cpu.period()));
        }
        put("cpu.burst", "cpu", "cpu.max.burst", cpu.burst());
        put("cpu.cpus", "cpuset", "cpuset.cpus", cpu.cpus().isEmpty() ? null : cpu.cpus());
        put("cpu.mems", "cpuset", "cpuset.mems", cpu.mems().isEmpty() ? null : cpu.mems());
    }

    private void memory(Memory memory) {
        put("memory.swap", "memory", "memory.swap.max", swap(memory));
        put("memory.limit", "memory", "memory.max", limit(memory.limit()));
        put("memory.reservation", "memory", "memory.low", limit(memory.reservation()));
    }

    private void blockIo(BlockIo blockIo) {
        Integer weight = blockIo.weight();
        if (weight != null) {
            weight("blockIO.weight", "", weight);
        }
        blockIo.weightDevices()
                .forEach(one -> weight("blockIO.weightDevice", one.major() + ":" + one.minor() + " ", one.weight()));
        blockIo.throttles()
                .forEach(one -> put(
                        field(one.direction()),
                        "io",
                        "io.max",
                        one.major() + ":" + one.minor() + " " + key(one.direction()) + "="
                                + (one.rate() == 0 ? "max" : Long.toUnsignedString(one.rate()))));
    }

    /** Weights belong to the BFQ scheduler where the kernel has it, else to the cost model, which counts otherwise. */
    private void weight(String field, String device, int weight) {
        writes.add(new ControlWrite(
                field,
                "io",
                List.of("io.bfq.weight", "io.weight"),
                List.of(device + weight, device + (1 + (weight - 10) * 9_999 / 990))));
    }

    /** The kernel takes a line a write. */
    private void asWritten(String file, String value) {
        String prefix = file.substring(0, file.indexOf('.'));
        value.lines().forEach(line -> put("unified", prefix.equals("cgroup") ? "" : prefix, file, line));
    }

    static String field(Direction direction) {
        return switch (direction) {
            case READ_BYTES -> "blockIO.throttleReadBpsDevice";
            case WRITE_BYTES -> "blockIO.throttleWriteBpsDevice";
            case READ_OPERATIONS -> "blockIO.throttleReadIOPSDevice";
            case WRITE_OPERATIONS -> "blockIO.throttleWriteIOPSDevice";
        };
    }

    private static String key(Direction direction) {
        return switch (direction) {
            case READ_BYTES -> "rbps";
            case WRITE_BYTES -> "wbps";
            case READ_OPERATIONS -> "riops";
            case WRITE_OPERATIONS -> "wiops";
        };
    }

    /** {@return a line a device; what has no limit is not named} */
    static List<String> rdma(Map<String, Rdma> limits) {
        return limits.entrySet().stream()
                .map(entry -> entry.getKey()
                        + (entry.getValue().handles() == null
                                ? ""
                                : " hca_handle=" + entry.getValue().handles())
                        + (entry.getValue().objects() == null
                                ? ""
                                : " hca_object=" + entry.getValue().objects()))
                .toList();
    }

    /** {@return what pids.max takes; 0 is written as 1, as other runtimes do: either means no more than the first} */
    static @Nullable String pids(@Nullable Long limit) {
        return limit == null ? null : limit == 0 ? "1" : limit(limit);
    }

    /**
     * {@return the weight of version 2, 1 to 10000, of the shares of version 1, 2 to 262144} The curve of runc 1.4 and
     * crun 1.23, on which the defaults meet: 1024 shares are weight 100.
     */
    static long weight(long shares) {
        if (shares <= MIN_SHARES) {
            return 1;
        }
        if (shares >= MAX_SHARES) {
            return MAX_WEIGHT;
        }
        double l = Math.log((double) shares) / Math.log(2);
        return (long) Math.ceil(Math.pow(10, (l * l + 125 * l) / 612.0 - 7.0 / 34.0));
    }

    /** {@return swap alone, where the specification has memory and swap together} */
    static @Nullable String swap(Memory memory) {
        Long swap = memory.swap();
        if (swap == null || swap == -1) {
            return swap == null ? null : "max";
        }
        Long limit = memory.limit();
        if (limit == null || limit < 0 || swap < limit) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    "config.json: linux.resources.memory.swap",
                    "it counts memory and swap together, and there is no memory limit below it",
                    "Set linux.resources.memory.limit to at most " + swap);
        }
        return Long.toString(swap - limit);
    }

    /** {@return the number, {@code max} for -1, null for null} */
    static @Nullable String limit(@Nullable Long value) {
        return value == null ? null : value < 0 ? "max" : value.toString();
    }

    private static void refuseLegacy(Resources resources) {
        if (resources.memory().swappiness() != null) {
            throw unsupported("memory.swappiness", "cgroup version 2 has no such setting");
        }
        if (resources.memory().disableOomKiller()) {
            throw unsupported("memory.disableOOMKiller", "cgroup version 2 has no such setting");
        }
        if (resources.memory().kernelTcp() != null) {
            throw unsupported("memory.kernelTCP", "cgroup version 2 has no such setting");
        }
        if (resources.network().classId() != null) {
            throw unsupported("network.classID", "cgroup version 2 has no such setting");
        }
        if (!resources.network().priorities().isEmpty()) {
            throw unsupported("network.priorities", "cgroup version 2 has no such setting");
        }
        if (resources.cpu().realtimeRuntime() != null || resources.cpu().realtimePeriod() != null) {
            throw unsupported("cpu.realtimeRuntime", "cgroup version 2 has no such setting");
        }
    }

    static FailureException unsupported(String field, String what) {
        return new FailureException(
                FailureCode.UNSUPPORTED, "config.json: linux.resources." + field, what, "Remove the field");
    }
}
