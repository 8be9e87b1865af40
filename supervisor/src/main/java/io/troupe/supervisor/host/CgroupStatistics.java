package io.troupe.supervisor.host;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a container uses, in the layout of {@code runc events}: numbers of nanoseconds and bytes under runc's names, zeros
 * left out where runc leaves them out. Engines read it.
 */
public final class CgroupStatistics {
    private static final BigInteger MICROSECOND = BigInteger.valueOf(1_000);
    /** USER_HZ is 100 on all that we run on. */
    private static final BigInteger TICK = BigInteger.valueOf(10_000_000);

    private final ControlFiles files;
    private final boolean unified;

    private CgroupStatistics(List<String> cgroups, boolean unified) {
        this.files = new ControlFiles(cgroups);
        this.unified = unified;
    }

    /**
     * {@return the statistics}
     *
     * @param cgroups the container's, absolute
     * @param unified whether they are of version 2
     * @param group what {@link ResctrlStatistics} says; empty without a group of resctrl
     */
    public static Map<String, Object> of(List<String> cgroups, boolean unified, Map<String, Object> group) {
        CgroupStatistics statistics = new CgroupStatistics(cgroups, unified);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("cpu", statistics.cpu());
        all.put("cpuset", statistics.cpuset());
        all.put("memory", unified ? statistics.memory() : statistics.legacyMemory());
        all.put("pids", statistics.pids());
        all.put("blkio", unified ? statistics.io() : statistics.legacyIo());
        all.put("hugetlb", statistics.hugetlb());
        all.put("intel_rdt", group);
        return all;
    }

    private static void some(Map<String, Object> to, String name, BigInteger value) {
        if (value.signum() != 0) {
            to.put(name, value);
        }
    }

    private static void some(Map<String, Object> to, String name, Map<String, Object> value) {
        if (!value.isEmpty()) {
            to.put(name, value);
        }
    }

    private static BigInteger of(SortedMap<String, BigInteger> table, String name) {
        return table.getOrDefault(name, BigInteger.ZERO);
    }

    private Map<String, Object> cpu() {
        Map<String, Object> cpu = new LinkedHashMap<>();
        SortedMap<String, BigInteger> stat = files.table("cpu.stat");
        cpu.put("usage", unified ? usage(stat) : legacyUsage());
        Map<String, Object> throttling = new LinkedHashMap<>();
        some(throttling, "periods", of(stat, "nr_periods"));
        some(throttling, "throttledPeriods", of(stat, "nr_throttled"));
        some(
                throttling,
                "throttledTime",
                unified ? of(stat, "throttled_usec").multiply(MICROSECOND) : of(stat, "throttled_time"));
        cpu.put("throttling", throttling);
        some(cpu, "psi", unified ? files.pressure("cpu.pressure") : Map.of());
        return cpu;
    }

    private static Map<String, Object> usage(SortedMap<String, BigInteger> stat) {
        Map<String, Object> usage = new LinkedHashMap<>();
        some(usage, "total", of(stat, "usage_usec").multiply(MICROSECOND));
        usage.put("kernel", of(stat, "system_usec").multiply(MICROSECOND));
        usage.put("user", of(stat, "user_usec").multiply(MICROSECOND));
        return usage;
    }

    private Map<String, Object> legacyUsage() {
        Map<String, Object> usage = new LinkedHashMap<>();
        some(usage, "total", files.number("cpuacct.usage"));
        String each = files.text("cpuacct.usage_percpu");
        if (!each.isEmpty()) {
            usage.put(
                    "percpu",
                    Arrays.stream(each.split(" ", -1)).map(BigInteger::new).toList());
            usage.put("percpu_kernel", column(2));
            usage.put("percpu_user", column(1));
        }
        SortedMap<String, BigInteger> stat = files.table("cpuacct.stat");
        usage.put("kernel", of(stat, "system").multiply(TICK));
        usage.put("user", of(stat, "user").multiply(TICK));
        return usage;
    }

    /** {@return a column of cpuacct.usage_all: processor, user, system} */
    private List<BigInteger> column(int column) {
        return files.text("cpuacct.usage_all")
                .lines()
                .skip(1)
                .map(line -> new BigInteger(line.split(" ", -1)[column]))
                .toList();
    }

    private Map<String, Object> cpuset() {
        Map<String, Object> cpuset = new LinkedHashMap<>();
        numbers(cpuset, "cpus", files.text(unified ? "cpuset.cpus.effective" : "cpuset.cpus"));
        cpuset.put("cpu_exclusive", files.number("cpuset.cpu_exclusive"));
        numbers(cpuset, "mems", files.text(unified ? "cpuset.mems.effective" : "cpuset.mems"));
        for (String name : List.of(
                "mem_hardwall",
                "mem_exclusive",
                "memory_migrate",
                "memory_spread_page",
                "memory_spread_slab",
                "memory_pressure",
                "sched_load_balance")) {
            cpuset.put(name, files.number("cpuset." + name));
        }
        String level = files.text("cpuset.sched_relax_domain_level");
        cpuset.put("sched_relax_domain_level", level.isEmpty() ? 0 : Long.parseLong(level));
        return cpuset;
    }

    /** A list such as {@code 0-3,7}, as numbers. */
    private static void numbers(Map<String, Object> to, String name, String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            String[] ends = range.split("-", 2);
            for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                numbers.add(i);
            }
        }
        if (!numbers.isEmpty()) {
            to.put(name, numbers);
        }
    }

    private static Map<String, Object> entry(BigInteger limit, BigInteger usage, BigInteger most, BigInteger failed) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("limit", limit);
        some(entry, "usage", usage);
        some(entry, "max", most);
        entry.put("failcnt", failed);
        return entry;
    }

    private Map<String, Object> legacyMemory() {
        SortedMap<String, BigInteger> stat = files.table("memory.stat");
        Map<String, Object> memory = new LinkedHashMap<>();
        some(memory, "cache", of(stat, "cache"));
        memory.put("usage", legacyEntry("memory"));
        memory.put("swap", legacyEntry("memory.memsw"));
        memory.put("kernel", legacyEntry("memory.kmem"));
        memory.put("kernelTCP", legacyEntry("memory.kmem.tcp"));
        memory.put("raw", stat);
        return memory;
    }

    private Map<String, Object> legacyEntry(String prefix) {
        return entry(
                files.number(prefix + ".limit_in_bytes"),
                files.number(prefix + ".usage_in_bytes"),
                files.number(prefix + ".max_usage_in_bytes"),
                files.number(prefix + ".failcnt"));
    }

    /** Version 2 counts swap apart; the layout has memory and swap together. */
    private Map<String, Object> memory() {
        SortedMap<String, BigInteger> stat = files.table("memory.stat");
        Map<String, Object> memory = new LinkedHashMap<>();
        some(memory, "cache", of(stat, "file"));
        BigInteger zero = BigInteger.ZERO;
        BigInteger limit = files.number("memory.max");
        BigInteger usage = files.number("memory.current");
        memory.put("usage", entry(limit, usage, files.number("memory.peak"), zero));
        BigInteger swap = files.number("memory.swap.max");
        boolean none = swap.equals(ControlFiles.NO_LIMIT) || limit.equals(ControlFiles.NO_LIMIT);
        memory.put(
                "swap",
                entry(
                        none ? ControlFiles.NO_LIMIT : swap.add(limit),
                        files.number("memory.swap.current").add(usage),
                        zero,
                        zero));
        memory.put("kernel", entry(zero, zero, zero, zero));
        memory.put("kernelTCP", entry(zero, zero, zero, zero));
        memory.put("raw", stat);
        some(memory, "psi", files.pressure("memory.pressure"));
        return memory;
    }

    private Map<String, Object> pids() {
        Map<String, Object> pids = new LinkedHashMap<>();
        some(pids, "current", files.number("pids.current"));
        some(pids, "limit", files.number("pids.max"));
        return pids;
    }

    private Map<String, Object> legacyIo() {
        Map<String, Object> io = new LinkedHashMap<>();
        legacyIo(io, "ioServiceBytesRecursive", "blkio.throttle.io_service_bytes_recursive");
        legacyIo(io, "ioServicedRecursive", "blkio.throttle.io_serviced_recursive");
        return io;
    }

    /** Lines such as {@code 8:0 Read 4096}. */
    private void legacyIo(Map<String, Object> to, String name, String file) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (String line : files.text(file).lines().toList()) {
            String[] words = line.split("[: ]", -1);
            if (words.length == 4) {
                entries.add(device(words[0], words[1], words[2], new BigInteger(words[3])));
            }
        }
        if (!entries.isEmpty()) {
            to.put(name, entries);
        }
    }

    /** Lines such as {@code 8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0}. */
    private Map<String, Object> io() {
        List<Map<String, Object>> bytes = new ArrayList<>();
        List<Map<String, Object>> operations = new ArrayList<>();
        for (String line : files.text("io.stat").lines().toList()) {
            String[] words = line.split(" ", -1);
            String[] device = words[0].split(":", 2);
            for (String word : Arrays.asList(words).subList(1, words.length)) {
                String[] pair = word.split("=", 2);
                String operation = operation(pair[0].charAt(0));
                boolean counts = pair[0].endsWith("ios");
                if (!operation.isEmpty() && (counts || pair[0].endsWith("bytes"))) {
                    (counts ? operations : bytes).add(device(device[0], device[1], operation, new BigInteger(pair[1])));
                }
            }
        }
        Map<String, Object> io = new LinkedHashMap<>();
        if (!bytes.isEmpty()) {
            io.put("ioServiceBytesRecursive", bytes);
            io.put("ioServicedRecursive", operations);
        }
        some(io, "psi", files.pressure("io.pressure"));
        return io;
    }

    private static String operation(char letter) {
        return switch (letter) {
            case 'r' -> "Read";
            case 'w' -> "Write";
            case 'd' -> "Discard";
            default -> "";
        };
    }

    private static Map<String, Object> device(String major, String minor, String operation, BigInteger value) {
        Map<String, Object> device = new LinkedHashMap<>();
        some(device, "major", new BigInteger(major));
        some(device, "minor", new BigInteger(minor));
        device.put("op", operation);
        some(device, "value", value);
        return device;
    }

    private Map<String, Object> hugetlb() {
        Map<String, Object> hugetlb = new LinkedHashMap<>();
        for (String size : files.hugepageSizes(unified ? ".current" : ".usage_in_bytes")) {
            String prefix = "hugetlb." + size;
            Map<String, Object> pages = new LinkedHashMap<>();
            some(pages, "usage", files.number(prefix + (unified ? ".current" : ".usage_in_bytes")));
            some(pages, "max", unified ? BigInteger.ZERO : files.number(prefix + ".max_usage_in_bytes"));
            pages.put(
                    "failcnt",
                    unified ? of(files.table(prefix + ".events"), "max") : files.number(prefix + ".failcnt"));
            hugetlb.put(size, pages);
        }
        return hugetlb;
    }
}
