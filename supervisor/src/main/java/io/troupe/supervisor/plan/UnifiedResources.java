package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.bundle.Resources.Cpu;
import io.troupe.supervisor.bundle.Resources.Memory;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Limits, which the specification writes in the terms of cgroup version 1, in those of version 2. */
final class UnifiedResources {
    /** Microseconds; the kernel's own. */
    private static final long DEFAULT_PERIOD = 100_000;

    private UnifiedResources() {}

    /**
     * {@return what is written to which file of the container's cgroup}
     *
     * @throws FailureException UNSUPPORTED for what version 2 does not have
     */
    static SortedMap<String, String> values(Resources resources) {
        refuseLegacy(resources);
        SortedMap<String, String> values = new TreeMap<>();
        Cpu cpu = resources.cpu();
        Memory memory = resources.memory();
        if (cpu.shares() != null) {
            values.put("cpu.weight", Long.toString(weight(cpu.shares())));
        }
        if (cpu.quota() != null || cpu.period() != null) {
            String quota = cpu.quota() == null ? "max" : limit(cpu.quota());
            values.put("cpu.max", quota + " " + (cpu.period() == null ? DEFAULT_PERIOD : cpu.period()));
        }
        if (!cpu.cpus().isEmpty()) {
            values.put("cpuset.cpus", cpu.cpus());
        }
        if (!cpu.mems().isEmpty()) {
            values.put("cpuset.mems", cpu.mems());
        }
        putIfSet(values, "memory.max", limit(memory.limit()));
        putIfSet(values, "memory.low", limit(memory.reservation()));
        putIfSet(values, "memory.swap.max", swap(memory));
        putIfSet(values, "pids.max", limit(resources.pidsLimit()));
        return values;
    }

    private static void putIfSet(Map<String, String> values, String file, @Nullable String value) {
        if (value != null) {
            values.put(file, value);
        }
    }

    /** {@return the weight of version 2, 1 to 10000, of the shares of version 1, 2 to 262144} */
    static long weight(long shares) {
        return 1 + (Math.clamp(shares, 2L, 262_144L) - 2) * 9_999 / 262_142;
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
        if (resources.cpu().realtimeRuntime() != null || resources.cpu().realtimePeriod() != null) {
            throw unsupported("cpu.realtimeRuntime", "cgroup version 2 has no such setting");
        }
    }

    static FailureException unsupported(String field, String what) {
        return new FailureException(
                FailureCode.UNSUPPORTED, "config.json: linux.resources." + field, what, "Remove the field");
    }
}
