package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.launch.Step;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.bundle.Resources.BlockIo;
import io.troupe.supervisor.bundle.Resources.Cpu;
import io.troupe.supervisor.bundle.Resources.DeviceRule;
import io.troupe.supervisor.bundle.Resources.Direction;
import io.troupe.supervisor.bundle.Resources.Hugepages;
import io.troupe.supervisor.bundle.Resources.Memory;
import io.troupe.supervisor.bundle.Resources.Network;
import io.troupe.supervisor.bundle.Resources.Rdma;
import io.troupe.supervisor.bundle.Resources.Throttle;
import io.troupe.supervisor.bundle.Resources.WeightDevice;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import io.troupe.syscall.FileSystems;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
    private static final Memory HALF_SWAP = new Memory(100L, null, 150L, null, null, false, false);
    private static final Cpu TWO_CPUS = new Cpu(null, null, null, null, null, null, "0-1", "", null);

    @Test
    void a_cpuset_is_filled_from_the_top_before_its_own_list_is_written() {
        assertThat(before(V1, resources(Memory.NONE, TWO_CPUS), "/pod/web1"))
                .containsSubsequence(
                        new Step.MakeDirectory("/cg/cpuset/pod/web1", 0755, FileSystems.CGROUP_SUPER_MAGIC),
                        new Step.Inherit("/cg/cpuset/pod/cpuset.cpus", "/cg/cpuset/cpuset.cpus"),
                        new Step.Inherit("/cg/cpuset/pod/cpuset.mems", "/cg/cpuset/cpuset.mems"),
                        new Step.Inherit("/cg/cpuset/pod/web1/cpuset.cpus", "/cg/cpuset/pod/cpuset.cpus"),
                        new Step.Inherit("/cg/cpuset/pod/web1/cpuset.mems", "/cg/cpuset/pod/cpuset.mems"),
                        new Step.WriteFile("/cg/cpuset/pod/web1/cpuset.cpus", "0-1"));
    }

    @Test
    void a_cpuset_that_nobody_asked_for_is_left_alone_but_claimed() {
        assertThat(cgroups(V1, Resources.NONE, "/pod/web1").directories())
                .containsExactly("/cg/cpu,cpuacct/pod/web1", "/cg/memory/pod/web1", "/cg/devices/pod/web1");
        assertThat(cgroups(V1, Resources.NONE, "/pod/web1").spare()).containsExactly("/cg/cpuset/pod/web1");
        assertThat(cgroups(V1, resources(Memory.NONE, TWO_CPUS), "/pod/web1").spare())
                .isEmpty();
        assertThat(cgroups(V2, Resources.NONE, "/pod/web1").spare()).isEmpty();
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
                        new Step.MakeDirectory("/cg/pod", 0755, FileSystems.CGROUP2_SUPER_MAGIC),
                        new Step.EnableControllers("/cg/pod", wanted),
                        new Step.MakeDirectory("/cg/pod/web1", 0755, FileSystems.CGROUP2_SUPER_MAGIC),
                        new Step.WriteFile("/cg/pod/web1/memory.swap.max", "50"),
                        new Step.WriteFile("/cg/pod/web1/memory.max", "100"))
                .endsWith(new Step.IntoCgroup("/cg/pod/web1"));
    }

    @Test
    void without_limits_no_controller_is_touched() {
        assertThat(before(V2, Resources.NONE, "/web1"))
                .hasSize(3)
                .startsWith(new Step.MakeDirectory("/cg/web1", 0755, FileSystems.CGROUP2_SUPER_MAGIC))
                .endsWith(new Step.IntoCgroup("/cg/web1"));
    }

    @Test
    void a_limit_whose_controller_the_host_lacks_is_refused_by_name() {
        assertUnsupported(V1, new Resources(List.of(), Memory.NONE, Cpu.NONE, 10L), "controller pids");
        assertUnsupported(V2, resources(Memory.NONE, TWO_CPUS), "controller cpuset");
    }

    @Test
    void what_version_2_does_not_have_is_refused_by_name() {
        assertUnsupported(
                V2, resources(new Memory(null, null, null, 10, null, false, false), Cpu.NONE), "memory.swappiness");
        assertUnsupported(
                V2,
                resources(new Memory(null, null, null, null, null, true, false), Cpu.NONE),
                "memory.disableOOMKiller");
        assertUnsupported(
                V2,
                resources(Memory.NONE, new Cpu(null, null, null, null, 5L, null, "", "", null)),
                "cpu.realtimeRuntime");
    }

    @Test
    void processor_time_is_converted_for_version_2() {
        Cpu cpu = new Cpu(1024L, 50_000L, null, null, null, null, "", "", null);
        assertThat(UnifiedResources.writes(resources(Memory.NONE, cpu)))
                .containsExactly(
                        ControlWrite.of("cpu.shares", "cpu", "cpu.weight", "100"),
                        ControlWrite.of("cpu.quota", "cpu", "cpu.max", "50000 100000"));
        Cpu endless = new Cpu(null, -1L, 20_000L, null, null, null, "", "", null);
        assertThat(UnifiedResources.writes(resources(Memory.NONE, endless)))
                .containsExactly(ControlWrite.of("cpu.quota", "cpu", "cpu.max", "max 20000"));
    }

    @Test
    void shares_become_weights_on_the_curve_that_runc_and_crun_use() {
        assertThat(List.of(2L, 3L, 1024L, 2048L, 10_000L, 262_144L).stream().map(UnifiedResources::weight))
                .containsExactly(1L, 2L, 100L, 174L, 627L, 10_000L);
    }

    @Test
    void a_burst_is_written_after_its_quota_and_idleness_after_shares() {
        Cpu cpu = new Cpu(512L, 50_000L, null, 1_000L, null, null, "", "", 1);
        assertThat(before(V1, resources(Memory.NONE, cpu), "/web1"))
                .containsSubsequence(
                        new Step.WriteFile("/cg/cpu,cpuacct/web1/cpu.shares", "512"),
                        new Step.WriteFile("/cg/cpu,cpuacct/web1/cpu.cfs_quota_us", "50000"),
                        new Step.WriteFile("/cg/cpu,cpuacct/web1/cpu.cfs_burst_us", "1000"),
                        new Step.WriteFile("/cg/cpu,cpuacct/web1/cpu.idle", "1"));
        assertThat(before(V2, resources(Memory.NONE, cpu), "/web1"))
                .containsSubsequence(
                        new Step.WriteFile("/cg/web1/cpu.weight", "59"),
                        new Step.WriteFile("/cg/web1/cpu.idle", "1"),
                        new Step.WriteFile("/cg/web1/cpu.max", "50000 100000"),
                        new Step.WriteFile("/cg/web1/cpu.max.burst", "1000"));
    }

    @Test
    void every_other_controller_is_served_on_version_1() {
        CgroupLayout layout = new CgroupLayout(
                Stream.of("blkio", "hugetlb", "net_cls", "net_prio", "rdma", "memory")
                        .map(name -> new Hierarchy(List.of(name), "/cg/" + name, "/"))
                        .toList(),
                Optional.empty());
        assertThat(before(layout, others(Map.of()), "/w"))
                .containsSubsequence(
                        new Step.WriteFile("/cg/blkio/w/blkio.bfq.weight", "500"),
                        new Step.WriteFile("/cg/blkio/w/blkio.bfq.weight_device", "8:0 300"),
                        new Step.WriteFile("/cg/blkio/w/blkio.throttle.read_bps_device", "8:0 1024"),
                        new Step.WriteFile("/cg/blkio/w/blkio.throttle.write_iops_device", "8:16 0"),
                        new Step.WriteFile("/cg/hugetlb/w/hugetlb.2MB.limit_in_bytes", "4194304"),
                        new Step.WriteFile("/cg/hugetlb/w/hugetlb.2MB.rsvd.limit_in_bytes", "4194304"),
                        new Step.WriteFile("/cg/net_cls/w/net_cls.classid", "1048577"),
                        new Step.WriteFile("/cg/net_prio/w/net_prio.ifpriomap", "lo 5"),
                        new Step.WriteFile("/cg/rdma/w/rdma.max", "mlx5_1 hca_handle=3"));
    }

    @Test
    void every_other_controller_is_served_on_version_2_but_for_marks_of_packets() {
        CgroupLayout layout = new CgroupLayout(
                List.of(), Optional.of(new Hierarchy(List.of("io", "hugetlb", "rdma", "memory"), "/cg", "/own")));
        Resources all = others(Map.of("memory.high", "1000", "cgroup.max.depth", "3"));
        Resources without = new Resources(
                List.of(),
                Memory.NONE,
                Cpu.NONE,
                null,
                all.blockIo(),
                all.hugepages(),
                Network.NONE,
                all.rdma(),
                all.unified());
        assertThat(before(layout, without, "/w"))
                .startsWith(new Step.EnableControllers("/cg", List.of("hugetlb", "io", "memory", "rdma")))
                .contains(
                        new Step.WriteFirst(List.of("/cg/w/io.bfq.weight", "/cg/w/io.weight"), List.of("500", "4950")),
                        new Step.WriteFirst(
                                List.of("/cg/w/io.bfq.weight", "/cg/w/io.weight"), List.of("8:0 300", "8:0 2930")),
                        new Step.WriteFile("/cg/w/io.max", "8:0 rbps=1024"),
                        new Step.WriteFile("/cg/w/io.max", "8:16 wiops=max"),
                        new Step.WriteFile("/cg/w/hugetlb.2MB.max", "4194304"),
                        new Step.WriteFile("/cg/w/hugetlb.2MB.rsvd.max", "4194304"),
                        new Step.WriteFile("/cg/w/rdma.max", "mlx5_1 hca_handle=3"),
                        new Step.WriteFile("/cg/w/memory.high", "1000"),
                        new Step.WriteFile("/cg/w/cgroup.max.depth", "3"));
        assertUnsupported(layout, all, "config.json: linux.resources.network.classID");
    }

    @Test
    void files_of_version_2_are_refused_where_there_is_version_1() {
        assertUnsupported(
                V1,
                others(Map.of("memory.high", "1")),
                "config.json: linux.resources.unified: it is for hosts with cgroup version 2 alone");
    }

    @Test
    void a_cgroup_of_version_2_can_be_given_to_its_user() {
        assertThat(cgroups(V2, Resources.NONE, "/web1").ownedBy(1000L).make())
                .containsSubsequence(
                        new Step.MakeDirectory("/cg/web1", 0755, FileSystems.CGROUP2_SUPER_MAGIC),
                        new Step.OwnCgroup("/cg/web1", HostFacts.DELEGATE, 1000),
                        new Step.IntoCgroup("/cg/web1"));
        assertThat(cgroups(V1, Resources.NONE, "/web1").ownedBy(1000L).make())
                .noneMatch(Step.OwnCgroup.class::isInstance);
    }

    private static Resources others(Map<String, String> unified) {
        BlockIo blockIo = new BlockIo(
                500,
                List.of(new WeightDevice(8, 0, 300)),
                List.of(
                        new Throttle(Direction.READ_BYTES, 8, 0, 1024),
                        new Throttle(Direction.WRITE_OPERATIONS, 8, 16, 0)));
        return new Resources(
                List.of(),
                Memory.NONE,
                Cpu.NONE,
                null,
                blockIo,
                List.of(new Hugepages("2MB", 4_194_304)),
                new Network(0x10_0001L, Map.of("lo", 5L)),
                Map.of("mlx5_1", new Rdma(3L, null)),
                unified);
    }

    @Test
    void a_limit_that_no_cgroup_can_hold_is_refused_in_words_for_who_asks() {
        for (int uid : new int[] {0, 1000}) {
            HostFacts none = host(V2, uid).withoutCgroups();
            CgroupSteps cgroups = new CgroupSteps(none, resources(HALF_SWAP, Cpu.NONE), "/web1", "unused");

            assertThatThrownBy(cgroups::make)
                    .hasMessageContaining("linux.resources.memory.swap: "
                            + (uid == 0
                                    ? "the container gets no cgroups"
                                    : "this user was delegated no cgroup controller memory")
                            + ", or --cgroup-manager is disabled");
        }
    }

    private static void assertUnsupported(CgroupLayout layout, Resources resources, String what) {
        assertThatThrownBy(() -> before(layout, resources, "/web1"))
                .isInstanceOfSatisfying(FailureException.class, refused -> {
                    assertThat(refused.failure().code()).isEqualTo(FailureCode.UNSUPPORTED);
                    assertThat(refused.failure().line()).contains(what);
                });
    }

    private static List<Step> before(CgroupLayout layout, Resources resources, String path) {
        return cgroups(layout, resources, path).make();
    }

    private static CgroupSteps cgroups(CgroupLayout layout, Resources resources, String path) {
        return new CgroupSteps(host(layout, 0), resources, path, "unused");
    }

    private static HostFacts host(CgroupLayout layout, int uid) {
        return new HostFacts("6.18", "boot", layout, 40, -1, true, uid, HostFacts.DELEGATE, SecurityModules.NONE);
    }

    private static Resources resources(Memory memory, Cpu cpu) {
        return new Resources(List.of(), memory, cpu, null);
    }
}
