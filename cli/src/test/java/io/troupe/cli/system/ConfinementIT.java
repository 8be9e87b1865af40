package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** config.md, "Process", "Mounts", and config-linux.md: what the program sees and may do. */
@RootTest
class ConfinementIT {

    private static Result run(Troupe troupe, Bundle bundle) {
        return troupe.run("run", "--bundle", bundle.path().toString(), "confined");
    }

    private static Bundle shell(Troupe troupe, String line) {
        return Bundle.shell(troupe.directory(), line);
    }

    @Test
    void masked_paths_are_empty(Troupe troupe) {
        Bundle bundle = shell(
                        troupe,
                        "wc -c </proc/keys; wc -c </proc/timer_list; ls /sys/firmware | wc -l; cat /etc/passwd | wc -c")
                .add("/linux/maskedPaths", "\"/etc/passwd\"")
                .add("/linux/maskedPaths", "\"/no/such/path\"");

        assertThat(run(troupe, bundle).succeeds().out().lines()).containsExactly("0", "0", "0", "0");
    }

    @Test
    void read_only_paths_cannot_be_written(Troupe troupe) {
        Bundle bundle = shell(
                        troupe,
                        "echo 1 >/proc/sys/kernel/shm_rmid_forced || echo refused; touch /tmp/x && echo elsewhere fine")
                .set("/root/readonly", "false");

        Result run = run(troupe, bundle).succeeds();

        assertThat(run.out().lines()).containsExactly("refused", "elsewhere fine");
        assertThat(run.err()).contains("Read-only file system");
    }

    @Test
    void a_read_only_root_cannot_be_written(Troupe troupe) {
        assertThat(run(troupe, shell(troupe, "touch /tmp/x")).exits(1).err()).contains("Read-only file system");
    }

    @Test
    void sysctls_of_its_own_namespaces_are_set(Troupe troupe) {
        Bundle bundle = shell(troupe, "cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_forward")
                .set("/linux/sysctl", "{\"kernel.shm_rmid_forced\": \"1\", \"net.ipv4.ip_forward\": \"1\"}");

        assertThat(run(troupe, bundle).succeeds().out().lines()).containsExactly("1", "1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kernel.core_pattern\": \"|/x\"}",
                "{\"vm.swappiness\": \"1\"}",
                "{\"kernel.shm_rmid_forced\": \"1\\n2\"}"
            })
    void sysctls_of_the_host_are_refused(String sysctl, Troupe troupe) {
        // CVE-2022-0811
        String before = Host.text(Path.of("/proc/sys/kernel/core_pattern"));

        run(troupe, shell(troupe, "true").set("/linux/sysctl", sysctl)).failsWithOneLine();

        assertThat(Host.text(Path.of("/proc/sys/kernel/core_pattern"))).isEqualTo(before);
    }

    @Test
    void network_sysctls_need_an_own_network(Troupe troupe) {
        // GHSA-w2j5-3rcx-vx7x
        Bundle bundle = shell(troupe, "true")
                .set("/linux/namespaces", "[{\"type\": \"mount\"}, {\"type\": \"pid\"}]")
                .remove("/hostname")
                .set("/linux/sysctl", "{\"net.ipv4.ip_forward\": \"1\"}");

        run(troupe, bundle).failsWithOneLine();
    }

    @Test
    void the_usual_devices_are_there(Troupe troupe) {
        Bundle bundle = shell(
                troupe,
                "for d in null zero full random urandom tty; do [ -c /dev/$d ] && echo $d; done; readlink /dev/fd; readlink /dev/ptmx; head -c 4 /dev/urandom | wc -c");

        assertThat(run(troupe, bundle).succeeds().out().lines())
                .containsExactly("null", "zero", "full", "random", "urandom", "tty", "/proc/self/fd", "pts/ptmx", "4");
    }

    @Test
    void seccomp_denies_what_the_profile_denies(Troupe troupe) {
        Bundle bundle = shell(troupe, "mkdir /tmp/x || echo no; touch /tmp/y && echo yes")
                .set("/root/readonly", "false")
                .set("/linux/seccomp", """
                        {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
                         "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}""");

        Result run = run(troupe, bundle).succeeds();

        assertThat(run.out().lines()).containsExactly("no", "yes");
        assertThat(run.err()).contains("Operation not permitted");
    }

    @Test
    void seccomp_arguments_are_all_compared(Troupe troupe) {
        // CVE-2017-18367: conditions on several arguments of one rule must hold together. kill(1, 0) and kill(1, 10)
        // differ.
        Bundle bundle =
                shell(troupe, "kill -0 $$ && echo zero; kill -10 1 || echo ten").set("/linux/seccomp", """
                        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["kill"], "action": "SCMP_ACT_ERRNO",
                         "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 10, "op": "SCMP_CMP_EQ"}]}]}""");

        assertThat(run(troupe, bundle).succeeds().out().lines()).containsExactly("zero", "ten");
    }

    /** What a static busybox needs to say something, and execve(2). */
    @Test
    void a_profile_need_not_allow_what_only_the_launcher_calls(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/echo", "fine").set("/linux/seccomp", """
                {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["execve", "exit_group", "write", "brk", "mmap",
                  "mprotect", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "readlink",
                  "readlinkat", "getrandom"], "action": "SCMP_ACT_ALLOW"}]}""");

        assertThat(run(troupe, bundle).succeeds().out()).isEqualTo("fine\n");
    }

    /** An agent that takes the listener and lets go of it: the kernel then answers what it was to answer. */
    @Test
    void who_is_to_hear_of_system_calls_gets_the_listener_and_the_state(Troupe troupe) throws IOException {
        Path path = troupe.directory().resolve("agent.sock");
        try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            agent.bind(UnixDomainSocketAddress.of(path));
            CompletableFuture<String> heard = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> hear(agent, heard));
            Bundle bundle = Bundle.shell(troupe.directory(), "mkdir /tmp/made 2>&1; echo went on")
                    .set(
                            "/linux/seccomp",
                            "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"" + path
                                    + "\", \"listenerMetadata\": \"m\\\"d\", \"syscalls\": [{\"names\": [\"mkdir\","
                                    + " \"mkdirat\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}");

            assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "asked")
                            .succeeds()
                            .out())
                    .contains("Function not implemented", "went on");

            JsonNode state = Bundle.parse(heard.orTimeout(20, TimeUnit.SECONDS).join());
            assertThat(state.at("/fds/0").asText()).isEqualTo("seccompFd");
            assertThat(state.at("/metadata").asText()).isEqualTo("m\"d");
            assertThat(state.at("/state/id").asText()).isEqualTo("asked");
            assertThat(state.at("/state/bundle").asText())
                    .isEqualTo(bundle.path().toString());
            assertThat(state.at("/pid").asInt())
                    .isPositive()
                    .isEqualTo(state.at("/state/pid").asInt());
        }
    }

    private static void hear(ServerSocketChannel agent, CompletableFuture<String> heard) {
        try (SocketChannel connection = agent.accept();
                InputStream in = Channels.newInputStream(connection)) {
            heard.complete(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException problem) {
            heard.completeExceptionally(problem);
        }
    }

    @Test
    void an_agent_that_is_not_there_ends_the_launch(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                .set(
                        "/linux/seccomp",
                        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/none.sock\", \"syscalls\":"
                                + " [{\"names\": [\"mkdir\"], \"action\": \"SCMP_ACT_NOTIFY\"}]}");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "unheard")
                        .failsWithOneLine()
                        .err())
                .contains("connect to the agent of system calls at /none.sock: connect(2): ");
    }

    @Test
    void capabilities_are_the_ones_listed(Troupe troupe) {
        Bundle bundle = shell(troupe, "grep ^Cap /proc/self/status; grep NoNewPrivs /proc/self/status");

        // CAP_KILL 5, CAP_NET_BIND_SERVICE 10, CAP_AUDIT_WRITE 29.
        assertThat(run(troupe, bundle).succeeds().out().lines())
                .containsExactly(
                        "CapInh:\t0000000000000000",
                        "CapPrm:\t0000000020000420",
                        "CapEff:\t0000000020000420",
                        "CapBnd:\t0000000020000420",
                        "CapAmb:\t0000000000000000",
                        "NoNewPrivs:\t1");
    }

    @Test
    void without_a_capability_set_there_are_none(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "grep", "^Cap", "/proc/self/status")
                .remove("/process/capabilities");

        assertThat(run(troupe, bundle).succeeds().out().lines())
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).endsWith("0000000000000000"));
    }

    @Test
    void groups_are_the_ones_listed(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "grep", "^Groups", "/proc/self/status");

        assertThat(run(troupe, bundle).succeeds().out().strip()).isEqualTo("Groups:");
        bundle.set("/process/user", "{\"uid\": 5, \"gid\": 6, \"additionalGids\": [7, 8], \"umask\": 63}");
        assertThat(run(troupe, bundle).succeeds().out().strip()).isEqualTo("Groups:\t7 8");
        bundle.args("sh", "-c", "id -u; id -g; umask");
        assertThat(run(troupe, bundle).succeeds().out().lines()).containsExactly("5", "6", "0077");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4294967296", "-1", "4294967295", "\"1\"", "1.5"})
    void users_that_are_none_are_refused(String uid, Troupe troupe) {
        // CVE-2024-40635
        run(troupe, shell(troupe, "true").set("/process/user/uid", uid)).failsWithOneLine();
    }

    @Test
    void resource_limits(Troupe troupe) {
        Bundle bundle = shell(troupe, "ulimit -n; ulimit -c").set("/process/rlimits", """
                [{"type": "RLIMIT_NOFILE", "soft": 99, "hard": 100}, {"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]""");

        assertThat(run(troupe, bundle).succeeds().out().lines()).containsExactly("99", "0");
    }

    @Test
    void limits_that_make_no_sense_are_refused(Troupe troupe) {
        for (String limits : List.of(
                "[{\"type\": \"RLIMIT_NOTHING\", \"soft\": 1, \"hard\": 1}]",
                "[{\"type\": \"RLIMIT_CORE\", \"soft\": 1, \"hard\": 1}, {\"type\": \"RLIMIT_CORE\", \"soft\": 1, \"hard\": 1}]")) {
            run(troupe, shell(troupe, "true").set("/process/rlimits", limits)).failsWithOneLine();
        }
    }

    @Test
    void out_of_memory_score(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "cat", "/proc/self/oom_score_adj")
                .set("/process/oomScoreAdj", "678");

        assertThat(run(troupe, bundle).succeeds().out().strip()).isEqualTo("678");
    }

    @Test
    void limits_can_be_raised_with_the_right_to(Troupe troupe) {
        Assumptions.assumeTrue(Host.mayRaiseLimits(), "needs CAP_SYS_RESOURCE");
        Bundle bundle = Bundle.running(troupe.directory(), "cat", "/proc/self/oom_score_adj")
                .set("/process/oomScoreAdj", "-500");

        assertThat(run(troupe, bundle).succeeds().out().strip()).isEqualTo("-500");
    }

    @Test
    void mount_options_hold(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "grep", " /scratch ", "/proc/self/mountinfo")
                .add("/mounts", """
                        {"destination": "/scratch", "type": "tmpfs", "source": "tmpfs",
                         "options": ["nosuid", "nodev", "noexec", "ro", "noatime", "size=64k", "mode=1750", "uid=3", "gid=4"]}""");

        assertThat(run(troupe, bundle).succeeds().out())
                .contains("ro,", "nosuid", "nodev", "noexec", "noatime", "size=64k", "mode=1750", "uid=3", "gid=4");
    }

    @Test
    void a_bind_mount_is_made_where_nothing_was(Troupe troupe) throws java.io.IOException {
        Path file = java.nio.file.Files.writeString(troupe.directory().resolve("bound"), "from outside\n");
        Bundle bundle =
                shell(troupe, "cat /a/b/c; echo >/a/b/c || echo read-only").add("/mounts", """
                {"destination": "/a/b/c", "type": "bind", "source": "%s", "options": ["rbind", "ro", "rprivate"]}""".formatted(file));

        assertThat(run(troupe, bundle).succeeds().out().lines()).containsExactly("from outside", "read-only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared", "slave", "private", "unbindable"})
    void propagation_of_the_root(String kind, Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "grep", " / / ", "/proc/self/mountinfo")
                .args("sh", "-c", "grep -E ' / (rw|ro)' /proc/self/mountinfo")
                .set("/linux/rootfsPropagation", "\"" + kind + "\"");

        String line = run(troupe, bundle).succeeds().out();

        switch (kind) {
            case "shared" -> assertThat(line).contains("shared:");
            case "unbindable" -> assertThat(line).contains("unbindable");
            default -> assertThat(line).doesNotContain("shared:", "unbindable");
        }
    }

    @Test
    void cwd_is_made_or_refused(Troupe troupe) {
        assertThat(run(troupe, Bundle.running(troupe.directory(), "pwd").set("/process/cwd", "\"/etc\""))
                        .succeeds()
                        .out())
                .isEqualTo("/etc\n");
        run(troupe, Bundle.running(troupe.directory(), "pwd").set("/process/cwd", "\"relative\""))
                .failsWithOneLine();
    }
}
