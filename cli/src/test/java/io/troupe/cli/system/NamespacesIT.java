package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config-linux.md, "Namespaces" and "User namespace mappings". */
@RootTest
class NamespacesIT {
    private static final String MOUNT_AND_NETWORK = "[{\"type\": \"mount\"}, {\"type\": \"network\"}]";

    private static String namespace(String process, String name) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + process + "/ns/" + name))
                .toString();
    }

    private static String join(String type, int pid, String file) {
        return "[{\"type\": \"mount\"}, {\"type\": \"%s\", \"path\": \"/proc/%d/ns/%s\"}]".formatted(type, pid, file);
    }

    @ParameterizedTest
    @CsvSource({"network,net", "ipc,ipc", "uts,uts", "pid,pid"})
    void by_path_a_container_joins_anothers(String type, String file, Troupe troupe) throws IOException {
        troupe.runDetached("first", Bundle.sleeping(troupe.directory()));
        int first = troupe.pid("first");
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/linux/namespaces", join(type, first, file))
                .remove("/hostname");

        troupe.runDetached("second", bundle);

        String joined = namespace(Integer.toString(troupe.pid("second")), file);
        assertThat(joined).isEqualTo(namespace(Integer.toString(first), file));
        assertThat(joined).isNotEqualTo(namespace("self", file));
        troupe.run("delete", "--force", "second").succeeds();
        troupe.run("delete", "--force", "first").succeeds();
    }

    @Test
    void a_path_that_is_no_namespace_is_refused(Troupe troupe) {
        for (String path : new String[] {"/proc/self/ns/none", "/etc/passwd", "/proc/self/ns/uts"}) {
            Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                    .set(
                            "/linux/namespaces",
                            "[{\"type\": \"mount\"}, {\"type\": \"network\", \"path\": \"%s\"}]".formatted(path))
                    .remove("/hostname");

            troupe.run("run", "--bundle", bundle.path().toString(), "astray").failsWithOneLine();
        }
        troupe.verifiesClean();
    }

    @Test
    void without_new_ones_the_hosts_are_shared(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/linux/namespaces", "[{\"type\": \"mount\"}]")
                .remove("/hostname");
        troupe.runDetached("shared", bundle);

        String pid = Integer.toString(troupe.pid("shared"));
        for (String file : new String[] {"net", "ipc", "uts", "pid", "user"}) {
            assertThat(namespace(pid, file)).as(file).isEqualTo(namespace("self", file));
        }
        assertThat(namespace(pid, "mnt")).isNotEqualTo(namespace("self", "mnt"));
        troupe.run("delete", "--force", "shared").succeeds();
    }

    @Test
    void a_container_in_the_hosts_mount_namespace_leaves_nothing_there(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(
                        troupe.directory(), "readlink /proc/self/ns/mnt; ls -d /bin /rootfs 2>/dev/null; true")
                .set("/linux/namespaces", "[{\"type\": \"pid\"}]")
                .remove("/hostname");
        String before = Host.text(Path.of("/proc/self/mountinfo"));

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "mounted")
                .succeeds();

        assertThat(run.out().lines()).containsExactly(namespace("self", "mnt"), "/bin");
        assertThat(Host.text(Path.of("/proc/self/mountinfo"))).isEqualTo(before);
        troupe.verifiesClean();
    }

    /** setns(2) alone would leave it in the host's root, as runc 1.1 and crun 1.8 do. */
    @Test
    void an_exec_has_the_containers_root_where_the_mount_namespace_is_the_hosts(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/linux/namespaces", "[]")
                .set("/process/capabilities/bounding", "[\"CAP_SYS_CHROOT\", \"CAP_KILL\"]")
                .set("/process/capabilities/effective", "[\"CAP_KILL\"]")
                .set("/process/capabilities/permitted", "[\"CAP_KILL\"]")
                .set("/linux/seccomp", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}")
                .remove("/hostname");
        Files.writeString(bundle.rootfs().resolve("etc/mark"), "the container's\n");
        troupe.runDetached("rooted", bundle);

        assertThat(troupe.run("exec", "rooted", "cat", "/etc/mark").succeeds().out())
                .isEqualTo("the container's\n");
        assertThat(troupe.run("exec", "rooted", "sh", "-c", "pwd; ls -d ../../../../../boot ../../../../../usr")
                        .exits(1)
                        .out())
                .isEqualTo("/\n");
        assertThat(troupe.run("exec", "rooted", "grep", "-E", "CapEff|Seccomp:", "/proc/self/status")
                        .succeeds()
                        .out())
                .contains("CapEff:\t0000000000000020", "Seccomp:\t2");
        assertThat(troupe.run("exec", "--cwd", "/nowhere", "rooted", "true")
                        .failsWithOneLine()
                        .err())
                .contains("/nowhere");
        troupe.run("delete", "--force", "rooted").succeeds();
    }

    @Test
    void a_mount_namespace_by_path_is_entered(Troupe troupe) throws IOException {
        Process holder = new ProcessBuilder("unshare", "--mount", "sleep", "3600").start();
        try {
            Bundle bundle = Bundle.sleeping(troupe.directory())
                    .set(
                            "/linux/namespaces",
                            "[{\"type\": \"pid\"}, {\"type\": \"mount\", \"path\": \"/proc/" + holder.pid()
                                    + "/ns/mnt\"}]")
                    .remove("/hostname");
            troupe.runDetached("joined", bundle);

            String pid = Integer.toString(troupe.pid("joined"));
            assertThat(namespace(pid, "mnt")).isEqualTo(namespace(Long.toString(holder.pid()), "mnt"));
            assertThat(troupe.run(
                                    "exec",
                                    "--cwd",
                                    "/tmp",
                                    "joined",
                                    "sh",
                                    "-c",
                                    "readlink /proc/self/ns/mnt; pwd; ls /")
                            .succeeds()
                            .out()
                            .lines())
                    .startsWith(namespace(pid, "mnt"), "/tmp", "bin", "dev")
                    .contains("mnt")
                    .doesNotContain("boot", "usr", "var");
            troupe.run("delete", "--force", "joined").succeeds();
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void a_user_namespace_maps_root_to_somebody(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .add("/linux/namespaces", "{\"type\": \"user\"}")
                .set("/linux/uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]")
                .set("/linux/gidMappings", "[{\"containerID\": 0, \"hostID\": 200000, \"size\": 65536}]");
        troupe.runDetached("mapped", bundle);
        Path status = Path.of("/proc/" + troupe.pid("mapped") + "/status");

        assertThat(Host.field(status, "Uid")).startsWith("100000");
        assertThat(Host.field(status, "Gid")).startsWith("200000");
        assertThat(troupe.run("exec", "mapped", "id", "-u").succeeds().out()).isEqualTo("0\n");
        assertThat(troupe.run("exec", "mapped", "cat", "/proc/self/uid_map")
                        .succeeds()
                        .out()
                        .strip()
                        .split("\\s+"))
                .containsExactly("0", "100000", "65536");
        troupe.run("delete", "--force", "mapped").succeeds();
    }

    /** Below its own score no process in another user namespace may go: somebody outside has to do it. */
    @Test
    void an_oom_score_reaches_processes_in_a_user_namespace(Troupe troupe) throws IOException {
        int score = mayLowerScores() ? -300 : 300;
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .add("/linux/namespaces", "{\"type\": \"user\"}")
                .set("/linux/uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]")
                .set("/linux/gidMappings", "[{\"containerID\": 0, \"hostID\": 200000, \"size\": 65536}]")
                .set("/process/oomScoreAdj", Integer.toString(score));
        troupe.runDetached("scored", bundle);
        Path process = Files.writeString(troupe.directory().resolve("process.json"), """
                {"args": ["cat", "/proc/self/oom_score_adj"], "cwd": "/", "env": ["PATH=/bin"],
                 "user": {"uid": 0, "gid": 0}, "oomScoreAdj": %d}""".formatted(score + 1));

        assertThat(Host.text(Path.of("/proc/" + troupe.pid("scored") + "/oom_score_adj")))
                .isEqualTo(Integer.toString(score));
        assertThat(troupe.run("exec", "--process", process.toString(), "scored")
                        .succeeds()
                        .out())
                .isEqualTo(score + 1 + "\n");
        troupe.run("delete", "--force", "scored").succeeds();
    }

    private static boolean mayLowerScores() {
        int resource = 24; // CAP_SYS_RESOURCE
        long effective = Long.parseUnsignedLong(Host.field(Path.of("/proc/self/status"), "CapEff"), 16);
        return (effective >> resource & 1) == 1;
    }

    @Test
    void a_cgroup_namespace_hides_where_it_is(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "cat", "/proc/self/cgroup")
                .add("/linux/namespaces", "{\"type\": \"cgroup\"}");

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "cgroup-ns")
                .succeeds();

        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).endsWith(":/"));
    }

    @Test
    void a_time_namespace_shifts_the_clock(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "cat", "/proc/uptime")
                .add("/linux/namespaces", "{\"type\": \"time\"}")
                .set("/linux/timeOffsets", "{\"boottime\": {\"secs\": 864000, \"nanosecs\": 0}}");

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "time-ns")
                .succeeds();

        assertThat(Double.parseDouble(run.out().split(" ")[0])).isGreaterThan(864000);
    }

    @Test
    void host_and_domain_name(Troupe troupe) {
        Bundle bundle = Bundle.shell(troupe.directory(), "hostname; cat /proc/sys/kernel/domainname")
                .set("/hostname", "\"alice\"")
                .set("/domainname", "\"wonder.land\"");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "names")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("alice", "wonder.land");
    }

    @Test
    void more_networks_at_once_than_are_kept_ready_are_all_new(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/linux/namespaces", MOUNT_AND_NETWORK)
                .remove("/hostname");
        Set<String> networks = new HashSet<>(Set.of(namespace("self", "net")));
        for (int i = 0; i < 5; i++) {
            troupe.runDetached("net-" + i, bundle);
            networks.add(namespace(Integer.toString(troupe.pid("net-" + i)), "net"));
        }
        assertThat(networks).hasSize(6);
        for (int i = 0; i < 5; i++) {
            troupe.run("delete", "--force", "net-" + i).succeeds();
        }
    }

    @Test
    void the_loopback_interface_is_up_in_a_new_network(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "cat", "/sys/class/net/lo/flags");

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "loopback")
                .succeeds();

        assertThat(Integer.decode(run.out().strip()) & 1)
                .as("IFF_UP (netdevice(7))")
                .isEqualTo(1);
    }
}
