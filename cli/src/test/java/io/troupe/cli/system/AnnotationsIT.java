package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Annotations that crun has meanings for (crun(1), "Extensions to OCI"). */
@RootTest
class AnnotationsIT {
    private static final String USER_NAMESPACE = """
            [{"containerID": 0, "hostID": 100000, "size": 65536}]""";

    private static Bundle annotated(Bundle bundle, String name, String value) {
        return bundle.set("/annotations", "{\"" + name + "\": \"" + value + "\"}");
    }

    private static Result withGroups(Troupe troupe, String groups, String... arguments) {
        List<String> words = new ArrayList<>(List.of("setpriv", "--groups", groups, Troupe.BINARY.toString()));
        words.addAll(List.of(arguments));
        return new Call(words).with(troupe.environment()).run();
    }

    @Test
    void groups_of_the_caller_are_kept_in_run_and_exec(Troupe troupe) {
        Bundle bundle = annotated(Bundle.running(troupe.directory(), "id", "-G"), "run.oci.keep_original_groups", "1");

        assertThat(withGroups(troupe, "0,4242", "run", "--bundle", bundle.path().toString(), "kept")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("0 4242");
        troupe.runDetached("kept", bundle.args("sleep", "3600"));
        assertThat(withGroups(troupe, "0,4343", "exec", "kept", "id", "-G")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("0 4343");
        assertThat(troupe.run("exec", "--additional-gids", "7", "kept", "true")
                        .failsWithOneLine()
                        .err())
                .contains("--additional-gids: an annotation has the container's processes keep the groups of"
                        + " their callers");
        troupe.run("delete", "--force", "kept").succeeds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void in_a_user_namespace_too(String value, Troupe troupe) {
        Bundle bundle = annotated(
                        Bundle.shell(troupe.directory(), "id -G; grep ^Groups: /proc/self/status"),
                        "run.oci.keep_original_groups",
                        value)
                .add("/linux/namespaces", "{\"type\": \"user\"}")
                .set("/linux/uidMappings", USER_NAMESPACE)
                .set("/linux/gidMappings", USER_NAMESPACE);

        Result run = withGroups(
                troupe, "100007,4242", "run", "--bundle", bundle.path().toString(), "kept");

        assertThat(run.succeeds().out().lines().map(line -> line.strip().replaceAll("\\s+", " ")))
                .containsExactly(
                        value.equals("1") ? "0 65534 7" : "0", value.equals("1") ? "Groups: 65534 7" : "Groups:");
    }

    @Test
    void a_pidfd_goes_to_who_is_named(Troupe troupe) throws IOException {
        Path socket = troupe.directory().resolve("pidfd.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Bundle bundle = annotated(
                    Bundle.running(troupe.directory(), "/bin/true"), "run.oci.pidfd_receiver", socket.toString());

            troupe.run("run", "--bundle", bundle.path().toString(), "watched").succeeds();

            try (SocketChannel connection = server.accept()) {
                ByteBuffer word = ByteBuffer.allocate(8);
                connection.read(word);
                assertThat(word.position()).isEqualTo(1);
            }
        }
    }

    @Test
    void who_hears_of_system_calls_is_named_by_an_annotation_or_the_environment(Troupe troupe) throws IOException {
        Path socket = troupe.directory().resolve("agent.sock");
        try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            agent.bind(UnixDomainSocketAddress.of(socket));
            Bundle bundle = Bundle.running(troupe.directory(), "/bin/true").set("/linux/seccomp", """
                    {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]}""");

            assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "asked")
                            .failsWithOneLine()
                            .err())
                    .contains("linux.seccomp.listenerPath: is missing");
            troupe.call("run", "--bundle", bundle.path().toString(), "asked")
                    .with("RUN_OCI_SECCOMP_RECEIVER", socket.toString())
                    .run()
                    .succeeds();
            assertThat(word(agent)).contains("\"id\":\"asked\"");
            annotated(bundle, "run.oci.seccomp.receiver", socket.toString());
            troupe.run("run", "--bundle", bundle.path().toString(), "asked").succeeds();
            assertThat(word(agent)).contains("\"id\":\"asked\"");
        }
    }

    private static String word(ServerSocketChannel server) throws IOException {
        try (SocketChannel connection = server.accept()) {
            return new String(Channels.newInputStream(connection).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Load the number of the call; if it is mkdir, an error; else go on. */
    @Test
    @EnabledOnOs(architectures = "amd64")
    void a_filter_of_instructions_is_loaded_as_it_is_in_run_and_exec(Troupe troupe) {
        ByteBuffer filter = ByteBuffer.allocate(32)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0x20)
                .putLong(0x15 | 1L << 24 | 83L << 32)
                .putLong(0x06 | (0x0005_0000L | 28) << 32)
                .putLong(0x06 | 0x7fff_0000L << 32);
        Bundle bundle = annotated(
                Bundle.shell(troupe.directory(), "mkdir /tmp/a; echo $?; grep ^Seccomp: /proc/self/status"),
                "run.oci.seccomp_bpf_data",
                Base64.getEncoder().encodeToString(filter.array()));

        Result run =
                troupe.run("run", "--bundle", bundle.path().toString(), "raw").succeeds();
        assertThat(run.out()).isEqualTo("1\nSeccomp:\t2\n");
        assertThat(run.err()).contains("No space left on device");
        troupe.runDetached("raw", bundle.args("sleep", "3600"));
        assertThat(troupe.run("exec", "raw", "mkdir", "/tmp/b").exits(1).err()).contains("No space left on device");
        troupe.run("delete", "--force", "raw").succeeds();
    }

    @Test
    void calls_that_nobody_knows_may_be_refused(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true").set("/linux/seccomp", """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["frobnicate"], "action": "SCMP_ACT_ERRNO"}]}""");

        troupe.run("run", "--bundle", bundle.path().toString(), "known").succeeds();
        annotated(bundle, "run.oci.seccomp_fail_unknown_syscall", "1");
        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "known")
                        .failsWithOneLine()
                        .err())
                .contains("linux.seccomp.syscalls: libseccomp does not know frobnicate");
    }

    @Test
    void a_mount_of_cgroups_becomes_the_hierarchy_of_systemd_alone(Troupe troupe) {
        Assumptions.assumeTrue(
                Host.lines(Path.of("/proc/self/cgroup")).stream().anyMatch(line -> line.contains(":name=systemd:")),
                "the host has no hierarchy name=systemd");
        Bundle bundle = annotated(
                        Bundle.shell(
                                troupe.directory(), "ls /sys/fs/cgroup; [ -e /sys/fs/cgroup/systemd/cgroup.procs ]"),
                        "run.oci.systemd.force_cgroup_v1",
                        "/sys/fs/cgroup")
                .add("/mounts", "{\"destination\": \"/sys/fs/cgroup\", \"type\": \"cgroup\", \"source\": \"cgroup\"}");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "old")
                        .succeeds()
                        .out())
                .isEqualTo("systemd\n");
    }

    @Test
    void what_means_nothing_is_told_to_who_asks_for_warnings(Troupe troupe) {
        Bundle bundle = annotated(Bundle.running(troupe.directory(), "/bin/true"), "run.oci.luck", "1");

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "quiet")
                        .succeeds()
                        .err())
                .isEmpty();
        assertThat(troupe.run(
                                "--log-level",
                                "warning",
                                "run",
                                "--bundle",
                                bundle.path().toString(),
                                "told")
                        .succeeds()
                        .err())
                .contains("annotations[\"run.oci.luck\"] is passed over");
    }

    @Test
    void handlers_and_plugins_are_refused_by_name(Troupe troupe) {
        for (String name : new String[] {"run.oci.handler", "run.oci.seccomp.plugins"}) {
            Bundle bundle = annotated(Bundle.running(troupe.directory(), "/bin/true"), name, "krun");

            assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "refused")
                            .failsWithOneLine()
                            .err())
                    .contains("config.json: annotations[\"" + name + "\"]");
        }
        troupe.verifiesClean();
    }
}
