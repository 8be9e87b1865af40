package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config-linux.md, "Control groups": what is asked for is what the kernel has. */
@RootTest
class LimitsIT {

    /** Field of config.json, its value, controller, file and content on cgroup v1, file and content on v2. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            memory.limit            | 67108864     | memory | memory.limit_in_bytes      | 67108864 | memory.max          | 67108864
            memory.reservation      | 33554432     | memory | memory.soft_limit_in_bytes | 33554432 | memory.low          | 33554432
            memory.swappiness       | 10           | memory | memory.swappiness          | 10       |                     |
            memory.disableOOMKiller | false        | memory | memory.oom_control         | 0        |                     |
            cpu.shares              | 512          | cpu    | cpu.shares                 | 512      | cpu.weight          | 59
            cpu.quota               | 50000        | cpu    | cpu.cfs_quota_us           | 50000    | cpu.max             | 50000 100000
            cpu.period              | 50000        | cpu    | cpu.cfs_period_us          | 50000    | cpu.max             | max 50000
            cpu.cpus                | "0"          | cpuset | cpuset.cpus                | 0        | cpuset.cpus         | 0
            cpu.mems                | "0"          | cpuset | cpuset.mems                | 0        | cpuset.mems         | 0
            pids.limit              | 77           | pids   | pids.max                   | 77       | pids.max            | 77
            pids.limit              | -1           | pids   | pids.max                   | max      | pids.max            | max
            """)
    void a_limit_is_in_the_cgroup(
            String field,
            String value,
            String controller,
            String v1,
            String onV1,
            String v2,
            String onV2,
            Troupe troupe) {
        Assumptions.assumeTrue(!Host.hasUnifiedCgroups() || v2 != null, "cgroup v2 has no such limit");
        Bundle bundle = Bundle.sleeping(troupe.directory()).set("/linux/resources/" + field.replace('.', '/'), value);
        troupe.runDetached("limited", bundle);

        Path cgroup = Host.cgroup(troupe.pid("limited"), controller).orElseThrow();

        String content = Host.text(cgroup.resolve(Host.hasUnifiedCgroups() ? v2 : v1));
        assertThat(content.replaceAll("oom_kill_disable (\\d)(?s).*", "$1"))
                .isEqualTo(Host.hasUnifiedCgroups() ? onV2 : onV1);
        troupe.run("delete", "--force", "limited").succeeds();
        assertThat(cgroup).doesNotExist();
    }

    @Test
    void the_cgroup_is_where_the_path_says(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory()).set("/linux/cgroupsPath", "\"/troupe-it-placed\"");
        troupe.runDetached("placed", bundle);

        assertThat(Host.cgroup(troupe.pid("placed"), "pids").orElseThrow())
                .asString()
                .endsWith("/troupe-it-placed");

        troupe.run("delete", "--force", "placed").succeeds();
    }

    @Test
    void a_path_that_climbs_out_is_refused(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory()).set("/linux/cgroupsPath", "\"/troupe-it/../../up\"");

        troupe.run("create", "--bundle", bundle.path().toString(), "climber").failsWithOneLine();
    }

    @Test
    void more_processes_than_allowed_are_not_made(Troupe troupe) {
        Bundle bundle = Bundle.shell(
                        troupe.directory(), "for i in 1 2 3 4 5 6 7 8 9; do sleep 0 & done; wait; echo made all")
                .set("/linux/resources/pids/limit", "4");

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "few");

        assertThat(run.out()).doesNotContain("made all");
        assertThat(run.err()).containsIgnoringCase("fork");
    }

    @Test
    void running_out_of_memory_is_told_as_such(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1")
                .set("/linux/resources/memory/limit", "33554432")
                .set("/linux/resources/memory/swap", "33554432");

        troupe.run("run", "--bundle", bundle.path().toString(), "hungry").exits(137);

        assertThat(troupe.run("why", "hungry").succeeds().out()).containsIgnoringCase("memory");
    }

    @Test
    void a_child_that_ran_out_of_memory_is_told_too(Troupe troupe) {
        Bundle bundle = Bundle.shell(
                        troupe.directory(),
                        "dd if=/dev/zero of=/dev/null bs=256M count=1 2>/dev/null; echo went on; exit 3")
                .set("/linux/resources/memory/limit", "33554432")
                .set("/linux/resources/memory/swap", "33554432");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "parent")
                        .exits(3)
                        .out())
                .isEqualTo("went on\n");

        assertThat(troupe.run("why", "parent").succeeds().out())
                .contains("ended with exit code 3; a process in its cgroup was killed because memory ran out");
    }

    private static int afterTheEndOfAChild(Troupe troupe, String id) throws IOException {
        Bundle bundle = Bundle.shell(
                        troupe.directory(),
                        "dd if=/dev/zero of=/dev/null bs=256M count=1 2>/dev/null; echo $? >/told; sleep 3600")
                .set("/linux/resources/memory/limit", "33554432")
                .set("/linux/resources/memory/swap", "33554432");
        Path told = bundle.rootfs().resolve("told");
        Call.of("mkfifo", told.toString()).run().succeeds();
        troupe.runDetached(id, bundle);
        assertThat(Host.text(told)).isEqualTo("137");
        return troupe.pid(id);
    }

    private static void diedOfAKill(Troupe troupe, String id) {
        troupe.endedWith(id, 137);
        assertThat(troupe.run("why", id).succeeds().out())
                .contains("was killed by SIGKILL")
                .doesNotContain("memory");
        troupe.run("delete", id).succeeds();
    }

    @Test
    void a_kill_after_a_child_ran_out_of_memory_is_a_kill(Troupe troupe) throws IOException {
        afterTheEndOfAChild(troupe, "killed");

        troupe.run("kill", "killed", "KILL").succeeds();

        diedOfAKill(troupe, "killed");
    }

    @Test
    @EnabledIf(
            value = "io.troupe.cli.system.Host#tellsOfTheKernel",
            disabledReason = "without the kernel's log nobody knows whom the out-of-memory killer chose")
    void so_is_one_by_somebody_else(Troupe troupe) throws IOException {
        int pid = afterTheEndOfAChild(troupe, "slain");

        Call.of("kill", "-KILL", Integer.toString(pid)).run().succeeds();

        diedOfAKill(troupe, "slain");
    }

    /** On version 1 it is luck whether the program runs before its cgroup counts what the launcher uses. */
    @Test
    void too_little_memory_to_begin_with_is_told_as_such(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/linux/resources/memory/limit", "4096")
                .set("/linux/resources/memory/swap", "4096");

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "starved");

        assertThat(run.err() + troupe.run("why", "starved").out())
                .containsAnyOf(
                        "memory ran out in its cgroup. Raise linux.resources.memory.limit",
                        "was killed by SIGKILL (out of memory)");
    }

    @Test
    void only_listed_devices_can_be_opened(Troupe troupe) {
        Bundle bundle = Bundle.shell(
                        troupe.directory(),
                        "head -c 1 /dev/zero | wc -c; head -c 1 /dev/kmsg2 >/dev/null 2>&1 && echo opened || echo denied")
                .add(
                        "/linux/resources/devices",
                        "{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 5, \"access\": \"rwm\"}")
                .set(
                        "/linux/devices",
                        "[{\"path\": \"/dev/kmsg2\", \"type\": \"c\", \"major\": 1, \"minor\": 11, \"fileMode\": 8630}]");

        // fileMode 8630 is 020666: podman writes the type bits along.
        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "devices")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("1", "denied");
    }

    @Test
    void a_listed_device_is_made_as_asked(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "stat", "-c", "%a %u %g %t %T", "/dev/mine")
                .add(
                        "/linux/resources/devices",
                        "{\"allow\": true, \"type\": \"c\", \"major\": 1, \"minor\": 7, \"access\": \"rwm\"}")
                .set(
                        "/linux/devices",
                        "[{\"path\": \"/dev/mine\", \"type\": \"c\", \"major\": 1, \"minor\": 7, \"fileMode\": 416, \"uid\": 3, \"gid\": 4}]");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "device")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("640 3 4 1 7");
    }

    @Test
    void a_page_size_is_no_path(Troupe troupe) {
        // GHSA-5g49-rx9x-qfc6
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                .set("/linux/resources/hugepageLimits", "[{\"pageSize\": \"../../x\", \"limit\": 1}]");

        troupe.run("run", "--bundle", bundle.path().toString(), "huge").failsWithOneLine();
    }

    @Test
    void limits_of_every_controller_stand_in_its_files(Troupe troupe) {
        Assumptions.assumeTrue(
                Host.cgroup("blkio").isPresent() && Host.cgroup("hugetlb").isPresent(), "needs cgroup version 1");
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set(
                        "/linux/resources/blockIO",
                        "{\"weight\": 500, \"throttleReadBpsDevice\": [{\"major\": "
                                + Host.disk().major() + ", \"minor\": "
                                + Host.disk().minor() + ", \"rate\": 1048576}]}")
                .set("/linux/resources/hugepageLimits", "[{\"pageSize\": \"2MB\", \"limit\": 4194304}]")
                .set("/linux/resources/memory/kernelTCP", "8388608")
                .set("/linux/resources/cpu", "{\"shares\": 512, \"quota\": 50000, \"burst\": 2000, \"idle\": 1}");

        troupe.run("run", "--detach", "--bundle", bundle.path().toString(), "limited")
                .succeeds();
        int pid = troupe.pid("limited");

        assertThat(value(pid, "blkio", "blkio.bfq.weight")).contains("500");
        assertThat(value(pid, "blkio", "blkio.throttle.read_bps_device"))
                .isEqualTo(Host.disk().major() + ":" + Host.disk().minor() + " 1048576");
        assertThat(value(pid, "hugetlb", "hugetlb.2MB.limit_in_bytes")).isEqualTo("4194304");
        assertThat(value(pid, "hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes")).isEqualTo("4194304");
        assertThat(value(pid, "memory", "memory.kmem.tcp.limit_in_bytes")).isEqualTo("8388608");
        assertThat(value(pid, "cpu", "cpu.cfs_burst_us")).isEqualTo("2000");
        assertThat(value(pid, "cpu", "cpu.idle")).isEqualTo("1");
        troupe.run("delete", "--force", "limited").succeeds();
    }

    @Test
    void a_limit_without_its_controller_is_refused_by_its_field(Troupe troupe) {
        Assumptions.assumeTrue(
                Host.cgroup("net_cls").isEmpty() && !Host.hasUnifiedCgroups(), "needs a host without net_cls");
        Bundle bundle =
                Bundle.running(troupe.directory(), "/bin/true").set("/linux/resources/network", "{\"classID\": 1}");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "marked")
                        .failsWithOneLine()
                        .err())
                .contains("linux.resources.network.classID", "this host has no cgroup controller net_cls");
    }

    @Test
    void pages_of_a_size_that_the_host_lacks_are_refused(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                .set("/linux/resources/hugepageLimits", "[{\"pageSize\": \"3MB\", \"limit\": 1}]");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "odd")
                        .failsWithOneLine()
                        .err())
                .contains("linux.resources.hugepageLimits[0].pageSize", "\"3MB\" is no size of huge pages");
    }

    private static String value(int pid, String controller, String file) {
        return Host.text(Host.cgroup(pid, controller).orElseThrow().resolve(file));
    }
}
