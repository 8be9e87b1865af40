package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CgroupStepsTest {
    private static final CgroupLayout V1 = new CgroupLayout(
            List.of(
                    new Hierarchy(List.of("cpu", "cpuacct"), "/cg/cpu,cpuacct", "/"),
                    new Hierarchy(List.of("memory"), "/cg/memory", "/own"),
                    new Hierarchy(List.of("cpuset"), "/cg/cpuset", "/"),
                    new Hierarchy(List.of("devices"), "/cg/devices", "/")),
            Optional.of(new Hierarchy(List.of("hugetlb"), "/cg/unified", "/")));
    private static final CgroupLayout V2 = new CgroupLayout(
            List.of(), Optional.of(new Hierarchy(List.of("cpu", "memory", "pids"), "/cg", "/own/leaf")));
    private static final Memory HALF_SWAP = new Memory(100L, null, 150L, null, false, false);
    private static final Cpu TWO_CPUS = new Cpu(null, null, null, null, null, "0-1", "");

    @Test
    void a_cpuset_is_filled_from_the_top_before_its_own_list_is_written() {
        assertThat(before(V1, resources(Memory.NONE, TWO_CPUS), "/pod/web1"))
                .containsSubsequence(
                        new Step.MakeDirectory("/cg/cpuset/pod/web1", 0755),
                        new Step.Inherit("/cg/cpuset/pod/cpuset.cpus", "/cg/cpuset/cpuset.cpus"),
                        new Step.Inherit("/cg/cpuset/pod/cpuset.mems", "/cg/cpuset/cpuset.mems"),
                        new Step.Inherit("/cg/cpuset/pod/web1/cpuset.cpus", "/cg/cpuset/pod/cpuset.cpus"),
                        new Step.Inherit("/cg/cpuset/pod/web1/cpuset.mems", "/cg/cpuset/pod/cpuset.mems"),
                        new Step.WriteFile("/cg/cpuset/pod/web1/cpuset.cpus", "0-1"));
    }

    @Test
    void a_cpuset_that_nobody_asked_for_is_left_alone() {
        assertThat(cgroups(V1, Resources.NONE, "/pod/web1").directories())
                .containsExactly("/cg/cpu,cpuacct/pod/web1", "/cg/memory/pod/web1", "/cg/devices/pod/web1");
    }

    @Test
    void memory_and_swap_are_let_go_before_memory_is_limited() {
        assertThat(before(V1, resources(HALF_SWAP, Cpu.NONE), "web1"))
                .containsSubsequence(
                        new Step.WriteFile("/cg/memory/own/web1/memory.memsw.limit_in_bytes", "-1"),
                        new Step.WriteFile("/cg/memory/own/web1/memory.limit_in_bytes", "100"),
                        new Step.WriteFile("/cg/memory/own/web1/memory.memsw.limit_in_bytes", "150"));
    }

    @Test
    void devices_are_denied_first_and_a_part_of_all_is_written_by_kind() {
        DeviceRule readAll = new DeviceRule(true, 'a', -1, -1, "r");
        DeviceRule tun = new DeviceRule(true, 'c', 10, 200, "rwm");
        Resources resources = new Resources(List.of(readAll, tun), Memory.NONE, Cpu.NONE, null);
        assertThat(before(V1, resources, "/web1"))
                .containsSubsequence(
                        new Step.WriteFile("/cg/devices/web1/devices.deny", "a"),
                        new Step.WriteFile("/cg/devices/web1/devices.allow", "c *:* r"),
                        new Step.WriteFile("/cg/devices/web1/devices.allow", "b *:* r"),
                        new Step.WriteFile("/cg/devices/web1/devices.allow", "c 10:200 rwm"),
                        new Step.WriteFile("/cg/devices/web1/devices.allow", "c 1:3 rwm"));
    }

    @Test
    void on_version_2_every_cgroup_above_passes_on_what_the_limits_need() {
        List<String> wanted = List.of("memory");
        assertThat(before(V2, resources(HALF_SWAP, Cpu.NONE), "/pod/web1"))
                .startsWith(
                        new Step.EnableControllers("/cg", wanted),
                        new Step.MakeDirectory("/cg/pod", 0755),
                        new Step.EnableControllers("/cg/pod", wanted),
                        new Step.MakeDirectory("/cg/pod/web1", 0755),
                        new Step.WriteFile("/cg/pod/web1/memory.max", "100"),
                        new Step.WriteFile("/cg/pod/web1/memory.swap.max", "50"))
                .endsWith(new Step.IntoCgroup("/cg/pod/web1"));
    }

    @Test
    void without_limits_no_controller_is_touched() {
        assertThat(before(V2, Resources.NONE, "/web1"))
                .hasSize(3)
                .startsWith(new Step.MakeDirectory("/cg/web1", 0755))
                .endsWith(new Step.IntoCgroup("/cg/web1"));
    }

    @Test
    void a_limit_whose_controller_the_host_lacks_is_refused_by_name() {
        assertUnsupported(V1, new Resources(List.of(), Memory.NONE, Cpu.NONE, 10L), "controller pids");
        assertUnsupported(V2, resources(Memory.NONE, TWO_CPUS), "controller cpuset");
    }

    @Test
    void what_version_2_does_not_have_is_refused_by_name() {
        assertUnsupported(V2, resources(new Memory(null, null, null, 10, false, false), Cpu.NONE), "memory.swappiness");
        assertUnsupported(
                V2, resources(new Memory(null, null, null, null, true, false), Cpu.NONE), "memory.disableOOMKiller");
        assertUnsupported(
                V2, resources(Memory.NONE, new Cpu(null, null, null, 5L, null, "", "")), "cpu.realtimeRuntime");
    }

    @Test
    void processor_time_is_converted_for_version_2() {
        Cpu cpu = new Cpu(1024L, 50_000L, null, null, null, "", "");
        assertThat(UnifiedResources.values(resources(Memory.NONE, cpu)))
                .containsEntry("cpu.weight", "39")
                .containsEntry("cpu.max", "50000 100000")
                .hasSize(2);
        Cpu endless = new Cpu(null, -1L, 20_000L, null, null, "", "");
        assertThat(UnifiedResources.values(resources(Memory.NONE, endless))).containsEntry("cpu.max", "max 20000");
    }

    private static void assertUnsupported(CgroupLayout layout, Resources resources, String what) {
        assertThatThrownBy(() -> before(layout, resources, "/web1"))
                .isInstanceOfSatisfying(FailureException.class, refused -> {
                    assertThat(refused.failure().code()).isEqualTo(FailureCode.UNSUPPORTED);
                    assertThat(refused.failure().line()).contains(what);
                });
    }

    private static List<Step> before(CgroupLayout layout, Resources resources, String path) {
        return cgroups(layout, resources, path).before();
    }

    private static CgroupSteps cgroups(CgroupLayout layout, Resources resources, String path) {
        return new CgroupSteps(
                new HostFacts("6.18", "boot", layout, "0-1", "0", 40, -1, true, 0), resources, path, "unused");
    }

    private static Resources resources(Memory memory, Cpu cpu) {
        return new Resources(List.of(), memory, cpu, null);
    }
}
