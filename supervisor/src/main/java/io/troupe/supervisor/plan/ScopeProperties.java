package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.systemd.Property;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is written to control files, as properties of a unit (systemd.resource-control(5)). systemd writes these files anew
 * whenever it likes, so it has to know the limits; what it has no property for, it leaves as it finds it.
 */
final class ScopeProperties {
    /** Microseconds, to which runc rounds up: systemd refuses finer shares of a processor. */
    private static final long FINEST_QUOTA = 10_000;

    private static final long MICROSECONDS = 1_000_000;

    private static final Map<String, String> AMOUNTS = Map.ofEntries(
            Map.entry("memory.max", "MemoryMax"),
            Map.entry("memory.high", "MemoryHigh"),
            Map.entry("memory.low", "MemoryLow"),
            Map.entry("memory.min", "MemoryMin"),
            Map.entry("memory.swap.max", "MemorySwapMax"),
            Map.entry("memory.limit_in_bytes", "MemoryLimit"),
            Map.entry("cpu.weight", "CPUWeight"),
            Map.entry("cpu.shares", "CPUShares"),
            Map.entry("pids.max", "TasksMax"),
            Map.entry("io.weight", "IOWeight"));

    private static final Map<String, String> MEMBERS =
            Map.of("cpuset.cpus", "AllowedCPUs", "cpuset.mems", "AllowedMemoryNodes");

    private ScopeProperties() {}

    /**
     * {@return the properties for what is written}
     *
     * @throws FailureException INVALID_BUNDLE
     */
    static List<Property> of(List<ControlWrite> writes) {
        Map<String, String> files = new LinkedHashMap<>();
        for (ControlWrite write : writes) {
            files.put(write.files().getLast(), write.values().getLast().strip());
        }
        List<Property> properties = new ArrayList<>();
        files.forEach((file, value) -> {
            if (AMOUNTS.containsKey(file) && isAmount(value)) {
                properties.add(new Property.Amount(AMOUNTS.get(file), amount(value)));
            } else if (MEMBERS.containsKey(file)) {
                properties.add(new Property.Members(MEMBERS.get(file), members(file, value)));
            }
        });
        if ("1".equals(files.get("cpu.idle"))) {
            properties.add(new Property.Amount("CPUWeight", 0));
        }
        properties.addAll(quota(files));
        return properties;
    }

    /** Of both versions of cgroups. */
    private static List<Property> quota(Map<String, String> files) {
        String[] unified = files.getOrDefault("cpu.max", "").split(" ", -1);
        String quota = files.containsKey("cpu.max") ? unified[0] : files.getOrDefault("cpu.cfs_quota_us", "");
        String given = unified.length > 1 ? unified[1] : files.getOrDefault("cpu.cfs_period_us", "");
        if (quota.isEmpty() && given.isEmpty()) {
            return List.of();
        }
        long period = given.isEmpty() ? UnifiedResources.DEFAULT_PERIOD : Long.parseLong(given);
        long share = Property.INFINITY;
        if (!quota.isEmpty() && isAmount(quota) && amount(quota) != Property.INFINITY) {
            long exact = amount(quota) * MICROSECONDS / period;
            share = (exact + FINEST_QUOTA - 1) / FINEST_QUOTA * FINEST_QUOTA;
        }
        return List.of(
                new Property.Amount("CPUQuotaPerSecUSec", share), new Property.Amount("CPUQuotaPeriodUSec", period));
    }

    /** A line for one device is none. */
    private static boolean isAmount(String value) {
        return value.matches("max|-?[0-9]{1,19}");
    }

    private static long amount(String value) {
        return value.equals("max") || value.startsWith("-") ? Property.INFINITY : Long.parseLong(value);
    }

    /** {@return the numbers of a list such as {@code 0-3,6} (cpuset(7), "List format")} */
    private static SortedSet<Integer> members(String file, String list) {
        SortedSet<Integer> numbers = new TreeSet<>();
        try {
            for (String range : list.split(",", -1)) {
                String[] ends = range.strip().split("-", 2);
                int first = Integer.parseInt(ends[0]);
                int last = ends.length > 1 ? Integer.parseInt(ends[1]) : first;
                for (int number = first; number <= last && number < Short.MAX_VALUE; number++) {
                    numbers.add(number);
                }
            }
        } catch (NumberFormatException _) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    "config.json: linux.resources: " + file,
                    "\"" + list + "\" is no list of numbers and ranges",
                    "Write it like 0-3,6");
        }
        return numbers;
    }
}
