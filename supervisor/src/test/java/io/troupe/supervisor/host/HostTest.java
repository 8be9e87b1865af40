package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layouts from the texts of /proc/self/mountinfo and /proc/self/cgroup, as hosts show them. */
class HostTest {
    private static final String ROOT = "21 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";
    private static final String SYS =
            "23 21 0:21 / /sys rw - sysfs sysfs rw\n24 23 0:22 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n";

    @Test
    void version_1_has_a_hierarchy_for_each_mount_in_their_order() {
        CgroupLayout layout = layout(
                ROOT
                        + SYS
                        + "25 24 0:23 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
                        + "26 24 0:24 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                        + "27 24 0:25 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n",
                "4:name=systemd:/init.scope\n3:cpu,cpuacct:/user\n2:memory:/\n0::/init.scope\n");
        assertThat(layout.word()).isEqualTo("v1");
        assertThat(layout.hierarchies())
                .containsExactly(
                        new Hierarchy(List.of("cpu", "cpuacct"), "/sys/fs/cgroup/cpu,cpuacct", "/user"),
                        new Hierarchy(List.of("memory"), "/sys/fs/cgroup/memory", "/"),
                        new Hierarchy(List.of("name=systemd"), "/sys/fs/cgroup/systemd", "/init.scope"));
        assertThat(layout.hierarchyOf("cpuacct")).contains(layout.hierarchies().getFirst());
        assertThat(layout.hierarchyOf("pids")).isEmpty();
    }

    @Test
    void a_hybrid_host_has_both() {
        CgroupLayout layout = layout(
                ROOT
                        + SYS
                        + "25 24 0:23 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                        + "26 24 0:24 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n",
                "2:memory:/\n0::/own\n");
        assertThat(layout.word()).isEqualTo("hybrid");
        assertThat(layout.isUnified()).isFalse();
        assertThat(layout.unified())
                .contains(new Hierarchy(List.of("of", "/sys/fs/cgroup/unified"), "/sys/fs/cgroup/unified", "/own"));
    }

    @Test
    void version_2_alone_is_unified() {
        CgroupLayout layout = layout(
                ROOT
                        + "23 21 0:21 / /sys rw - sysfs sysfs rw\n"
                        + "24 23 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
                "0::/user.slice/session-1.scope\n");
        assertThat(layout.word()).isEqualTo("v2");
        assertThat(layout.isUnified()).isTrue();
        assertThat(layout.unified().orElseThrow().own()).isEqualTo("/user.slice/session-1.scope");
    }

    @Test
    void a_hierarchy_that_only_has_a_name_does_not_make_version_2_a_hybrid() {
        String named = "25 21 0:23 / /c/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";
        String unified = "24 21 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        assertThat(layout(ROOT + named + unified, "1:name=systemd:/\n0::/\n").word())
                .isEqualTo("v2");
        assertThat(layout(ROOT + named, "1:name=systemd:/\n0::/\n").word()).isEqualTo("v1");
    }

    @Test
    void without_a_cgroup_mount_there_is_none() {
        assertThat(layout(ROOT, "1:memory:/\n0::/\n").word()).isEqualTo("none");
    }

    @Test
    void blanks_and_backslashes_in_a_mount_point_are_read() {
        CgroupLayout layout = layout(
                ROOT + "25 21 0:23 / /my\\040cgroups\\134\\011\\012here rw - cgroup2 my\\040cgroups rw\n", "0::/\n");
        assertThat(layout.unified().orElseThrow().mountPoint()).isEqualTo("/my cgroups\\\t\nhere");
    }

    @Test
    void a_controller_that_is_part_of_anothers_name_is_not_taken_for_it() {
        CgroupLayout layout = layout(
                ROOT
                        + "25 21 0:23 / /c/cpuset rw - cgroup cgroup rw,cpuset,noprefix\n"
                        + "26 21 0:24 / /c/cpu rw - cgroup cgroup rw,cpu\n",
                "2:cpu:/a\n1:cpuset:/b\n");
        assertThat(layout.hierarchies())
                .containsExactly(
                        new Hierarchy(List.of("cpuset"), "/c/cpuset", "/b"),
                        new Hierarchy(List.of("cpu"), "/c/cpu", "/a"));
    }

    /** Docker without a cgroup namespace binds the container's part, /proc/self/cgroup counts from the host's root. */
    @Test
    void in_a_container_paths_count_from_what_is_mounted() {
        String mounts = "25 21 0:23 /docker/4711 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
        assertThat(layout(ROOT + mounts, "2:memory:/docker/4711\n").hierarchies())
                .containsExactly(new Hierarchy(List.of("memory"), "/sys/fs/cgroup/memory", "/"));
        assertThat(layout(ROOT + mounts, "2:memory:/docker/4711/inner\n").hierarchies())
                .containsExactly(new Hierarchy(List.of("memory"), "/sys/fs/cgroup/memory", "/inner"));
    }

    @Test
    void a_mount_that_does_not_show_our_own_cgroup_counts_only_if_there_is_no_other() {
        String others = "25 21 0:23 /docker/4711 /ctr/cgroup/memory rw - cgroup cgroup rw,memory\n";
        String all = "26 21 0:23 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
        assertThat(layout(ROOT + others + all, "2:memory:/docker/47\n").hierarchies())
                .containsExactly(new Hierarchy(List.of("memory"), "/sys/fs/cgroup/memory", "/docker/47"));
        assertThat(layout(ROOT + others, "2:memory:/docker/47\n").hierarchies())
                .containsExactly(new Hierarchy(List.of("memory"), "/ctr/cgroup/memory", "/"));
    }

    /** A mount from outside of a cgroup namespace shows its root as /.. there. */
    @Test
    void a_root_above_the_cgroup_namespace_is_used_from_its_own_root() {
        assertThat(layout(ROOT + "25 21 0:23 /../.. /c rw - cgroup2 cgroup rw\n", "0::/own\n")
                        .unified())
                .contains(new Hierarchy(List.of("of", "/c"), "/c", "/"));
    }

    @Test
    void a_mount_under_another_one_is_not_there() {
        String memory = "25 24 0:23 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
        String over = "30 24 0:30 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n";
        assertThat(layout(ROOT + SYS + memory + over, "2:memory:/\n").hierarchies())
                .isEmpty();
        assertThat(layout(
                                ROOT + SYS + memory + over
                                        + "31 30 0:23 / /sys/fs/cgroup/again rw - cgroup cgroup rw,memory\n",
                                "2:memory:/\n")
                        .hierarchies())
                .containsExactly(new Hierarchy(List.of("memory"), "/sys/fs/cgroup/again", "/"));
        assertThat(layout(
                                ROOT + SYS + memory + "32 25 0:31 / /sys/fs/cgroup/memory rw - tmpfs tmpfs rw\n",
                                "2:memory:/\n")
                        .hierarchies())
                .isEmpty();
    }

    /** The root of such a process is a directory, and the mounts that it is in are not shown. */
    @Test
    void behind_a_chroot_mounts_are_found_without_their_parents() {
        assertThat(layout("25 9 0:23 / /cgroup rw - cgroup2 cgroup rw\n", "0::/\n")
                        .word())
                .isEqualTo("v2");
    }

    @Test
    void a_kernel_that_is_too_old_is_refused() {
        assertThatThrownBy(() -> Host.requireKernel("5.13.19-amd64"))
                .isInstanceOf(FailureException.class)
                .hasMessage("kernel 5.13.19-amd64: it is older than 5.14. Use a newer one");
        Host.requireKernel("5.14-rc1");
        Host.requireKernel("6.1.0-40-amd64");
    }

    @Test
    void capabilities_are_those_that_are_permitted_and_in_the_bounding_set() {
        assertThat(Host.capabilities("CapPrm:\t00000000000000ff\nCapBnd:\t000000000000000f\n"))
                .isEqualTo(15);
        assertThat(Host.capabilities("Name:\tx\n")).isZero();
    }

    private static CgroupLayout layout(String mountinfo, String membership) {
        return Host.layout(mountinfo, membership, root -> "of " + root);
    }
}
