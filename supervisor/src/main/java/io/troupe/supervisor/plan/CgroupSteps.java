package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.bundle.Resources.Cpu;
import io.troupe.supervisor.bundle.Resources.DeviceRule;
import io.troupe.supervisor.bundle.Resources.Memory;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The container's cgroups (config-linux.md, "Control groups"). An absolute path begins at the root of each hierarchy; a
 * relative one, and the private directory's name if there is none, at the supervisor's own cgroup, or on version 2 beside
 * it, because a cgroup with processes cannot pass controllers on. Of version 1, cpuset is used only if it is asked for.
 */
final class CgroupSteps {
    private static final int DIRECTORY_MODE = 0755;
    private static final List<DeviceRule> ALWAYS = List.of(
            new DeviceRule(true, 'c', -1, -1, "m"),
            new DeviceRule(true, 'b', -1, -1, "m"),
            new DeviceRule(true, 'c', 1, 3, "rwm"),
            new DeviceRule(true, 'c', 1, 5, "rwm"),
            new DeviceRule(true, 'c', 1, 7, "rwm"),
            new DeviceRule(true, 'c', 1, 8, "rwm"),
            new DeviceRule(true, 'c', 1, 9, "rwm"),
            new DeviceRule(true, 'c', 5, 0, "rwm"),
            new DeviceRule(true, 'c', 5, 2, "rwm"),
            new DeviceRule(true, 'c', 136, -1, "rwm"));

    private final CgroupLayout layout;
    private final HostFacts host;
    private final Resources resources;
    private final String path;
    private final List<Step> steps = new ArrayList<>();

    CgroupSteps(HostFacts host, Resources resources, @Nullable String cgroupsPath, String name) {
        this.layout = host.cgroups();
        this.host = host;
        this.resources = resources;
        this.path = cgroupsPath == null || cgroupsPath.isEmpty() ? name : cgroupsPath;
    }

    /** {@return whether the process is born in its cgroup, rather than moved there} */
    boolean atBirth() {
        return layout.isUnified();
    }

    /** {@return the hierarchies that the container has a cgroup of its own in} */
    List<Hierarchy> hierarchies() {
        if (layout.isUnified()) {
            return layout.unified().stream().toList();
        }
        boolean cpuset =
                !resources.cpu().cpus().isEmpty() || !resources.cpu().mems().isEmpty();
        return layout.hierarchies().stream()
                .filter(hierarchy -> cpuset || !hierarchy.controllers().equals(List.of("cpuset")))
                .toList();
    }

    /** {@return its directories, absolute} */
    List<String> directories() {
        return hierarchies().stream().map(this::directory).toList();
    }

    String directory(Hierarchy hierarchy) {
        return hierarchy.directory(inner(hierarchy));
    }

    private String inner(Hierarchy hierarchy) {
        if (path.startsWith("/")) {
            return path;
        }
        String own = hierarchy.own();
        String base = layout.isUnified() ? own.substring(0, Math.max(0, own.lastIndexOf('/'))) : own;
        return (base.equals("/") ? "" : base) + "/" + path;
    }

    /** {@return the steps that make and fill the cgroups, before the process exists} */
    List<Step> before() {
        if (layout.isUnified()) {
            layout.unified().ifPresent(this::unified);
        } else {
            hierarchies().forEach(hierarchy -> steps.add(new Step.MakeDirectory(directory(hierarchy), DIRECTORY_MODE)));
            legacy();
        }
        return List.copyOf(steps);
    }

    /** {@return the files that take the process's pid once it exists; none if it is born in its cgroup} */
    List<String> procs() {
        return atBirth()
                ? List.of()
                : directories().stream()
                        .map(directory -> directory + "/cgroup.procs")
                        .toList();
    }

    private List<DeviceRule> rules() {
        List<DeviceRule> rules = new ArrayList<>();
        rules.add(new DeviceRule(false, 'a', -1, -1, "rwm"));
        rules.addAll(resources.devices());
        rules.addAll(ALWAYS);
        return rules;
    }

    // ---- version 1

    private void legacy() {
        Cpu cpu = resources.cpu();
        Memory memory = resources.memory();
        cpuset(cpu);
        put("cpu", "cpu.shares", cpu.shares());
        put("cpu", "cpu.cfs_period_us", cpu.period());
        put("cpu", "cpu.cfs_quota_us", cpu.quota());
        put("cpu", "cpu.rt_period_us", cpu.realtimePeriod());
        put("cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime());
        put("memory", "memory.limit_in_bytes", memory.limit());
        put("memory", "memory.memsw.limit_in_bytes", memory.swap());
        put("memory", "memory.soft_limit_in_bytes", memory.reservation());
        put("memory", "memory.swappiness", memory.swappiness());
        put("memory", "memory.oom_control", memory.disableOomKiller() ? 1 : null);
        put("pids", "pids.max", limit(resources.pidsLimit()));
        if (host.initialUserNamespace()) {
            layout.hierarchyOf("devices").ifPresent(this::legacyDevices);
        }
    }

    private void cpuset(Cpu cpu) {
        if (cpu.cpus().isEmpty() && cpu.mems().isEmpty()) {
            return;
        }
        put("cpuset", "cpuset.cpus", cpu.cpus().isEmpty() ? host.cpusetCpus() : cpu.cpus());
        put("cpuset", "cpuset.mems", cpu.mems().isEmpty() ? host.cpusetMems() : cpu.mems());
    }

    private void legacyDevices(Hierarchy hierarchy) {
        for (DeviceRule rule : rules()) {
            String file = directory(hierarchy) + (rule.allow() ? "/devices.allow" : "/devices.deny");
            String value = rule.type() == 'a'
                    ? "a"
                    : rule.type() + " " + number(rule.major()) + ":" + number(rule.minor()) + " " + rule.access();
            steps.add(new Step.WriteFile(file, value));
        }
    }

    private static String number(long number) {
        return number < 0 ? "*" : Long.toString(number);
    }

    private void put(String controller, String file, @Nullable Object value) {
        if (value == null) {
            return;
        }
        Optional<Hierarchy> hierarchy = layout.hierarchyOf(controller);
        if (hierarchy.isEmpty()) {
            throw unsupported(controller, "this host has no cgroup controller " + controller);
        }
        steps.add(new Step.WriteFile(directory(hierarchy.get()) + "/" + file, value.toString()));
    }

    // ---- version 2

    private void unified(Hierarchy hierarchy) {
        refuseLegacy();
        List<Step.WriteFile> writes = new ArrayList<>();
        String directory = directory(hierarchy);
        unifiedValues().forEach((file, value) -> writes.add(new Step.WriteFile(directory + "/" + file, value)));
        int slash = directory.lastIndexOf('/');
        if (!writes.isEmpty()) {
            steps.add(new Step.MakeDirectory(directory.substring(0, slash), DIRECTORY_MODE));
            enable(hierarchy);
        }
        steps.add(new Step.MakeDirectory(directory, DIRECTORY_MODE));
        steps.addAll(writes);
        if (host.initialUserNamespace()) {
            steps.add(new Step.DeviceFilter(directory, DeviceProgram.of(rules())));
        }
        steps.add(new Step.IntoCgroup(directory));
    }

    private void enable(Hierarchy hierarchy) {
        String wanted = String.join(
                " ",
                unifiedValues().keySet().stream()
                        .map(file -> "+" + file.substring(0, file.indexOf('.')))
                        .distinct()
                        .toList());
        String inner = inner(hierarchy);
        for (int slash = 0; slash >= 0; slash = inner.indexOf('/', slash + 1)) {
            String parent = hierarchy.mountPoint() + inner.substring(0, slash);
            steps.add(new Step.WriteFile(parent + "/cgroup.subtree_control", wanted));
        }
    }

    private SortedMap<String, String> unifiedValues() {
        SortedMap<String, String> values = new TreeMap<>();
        Cpu cpu = resources.cpu();
        Memory memory = resources.memory();
        if (cpu.shares() != null && cpu.shares() != 0) {
            values.put("cpu.weight", Long.toString(weight(cpu.shares())));
        }
        if (cpu.quota() != null || cpu.period() != null) {
            String quota = cpu.quota() == null || cpu.quota() <= 0
                    ? "max"
                    : cpu.quota().toString();
            values.put("cpu.max", quota + " " + (cpu.period() == null ? 100_000 : cpu.period()));
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

    private static @Nullable String limit(@Nullable Long value) {
        return value == null ? null : value < 0 ? "max" : value.toString();
    }

    private void refuseLegacy() {
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

    private static FailureException unsupported(String field, String what) {
        return new FailureException(
                FailureCode.UNSUPPORTED, "config.json: linux.resources." + field, what, "Remove the field");
    }
}
