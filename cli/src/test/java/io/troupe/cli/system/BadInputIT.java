package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong: one line that says so, a non-zero status, nothing half made. */
@RootTest
class BadInputIT {

    @AfterEach
    void nothing_is_left_over(Troupe troupe) {
        assertThat(troupe.deleteAll()).isEmpty();
        troupe.verifiesClean();
    }

    private static Result create(Troupe troupe, Path bundle, String id) {
        return troupe.run("create", "--bundle", bundle.toString(), id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "\"text\"",
                "{}",
                "{\"ociVersion\": 1}",
                "{\"ociVersion\": \"9.0.0\"}",
                "\u0000\u0001",
                "{\"a\": 1} trailing"
            })
    void malformed_configurations(String text, Troupe troupe) {
        create(troupe, Bundle.sleeping(troupe.directory()).raw(text).path(), "malformed")
                .failsWithOneLine();
    }

    /** Pointers into config.json and values of the wrong type or kind. */
    static Stream<String[]> wrongValues() {
        return Stream.of(new String[][] {
            {"/process/args", "[]"},
            {"/process/args", "\"sh\""},
            {"/process/args", "[1]"},
            {"/process/env", "{\"A\": \"B\"}"},
            {"/process/cwd", "7"},
            {"/process/terminal", "\"yes\""},
            {"/process/user", "\"root\""},
            {"/process/rlimits", "{}"},
            {"/process/capabilities", "[\"CAP_KILL\"]"},
            {"/process/capabilities/bounding", "3"},
            {"/root", "\"rootfs\""},
            {"/root/path", "\"no-such-directory\""},
            {"/root/path", "\"config.json\""},
            {"/mounts", "{}"},
            {
                "/mounts",
                "[{\"destination\": \"/x\", \"type\": \"bind\", \"source\": \"/no/such/source\", \"options\": [\"bind\"]}]"
            },
            {"/mounts", "[{\"type\": \"tmpfs\"}]"},
            {"/mounts", "[{\"destination\": \"/x\", \"type\": \"nofs\", \"source\": \"x\"}]"},
            {"/hostname", "{}"},
            {"/linux/namespaces", "[{\"type\": \"cosmic\"}]"},
            {"/linux/namespaces", "[{\"type\": \"pid\"}, {\"type\": \"pid\"}]"},
            {"/linux/resources/memory", "{\"limit\": \"much\"}"},
            {"/linux/seccomp", "{\"defaultAction\": \"SCMP_ACT_MAYBE\"}"},
            {"/linux/intelRdt", "{\"closID\": \"x\"}"},
            {"/process/apparmorProfile", "\"no-such-profile\""},
            {"/hooks", "{\"prestart\": [{\"path\": \"relative\"}]}"},
        });
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void wrong_values_are_refused_by_their_place(String pointer, String value, Troupe troupe) {
        create(troupe, Bundle.sleeping(troupe.directory()).set(pointer, value).path(), "wrong-value")
                .failsWithOneLine();
    }

    @Test
    void what_is_not_served_is_refused_by_name(Troupe troupe) {
        assertThat(create(
                                troupe,
                                Bundle.sleeping(troupe.directory())
                                        .set("/process/user/username", "\"x\"")
                                        .path(),
                                "unserved")
                        .failsWithOneLine()
                        .err())
                .contains("process.user.username");
        assertThat(troupe.run("restore", "--no-pivot", "x").failsWithOneLine().err())
                .contains("--no-pivot");
        assertThat(troupe.run("create", "--no-such-flag", "x")
                        .failsWithOneLine()
                        .err())
                .contains("--no-such-flag");
        assertThat(troupe.run("no-such-command").failsWithOneLine().err()).contains("no-such-command");
    }

    @Test
    void a_huge_configuration_is_refused_quickly(Troupe troupe) throws IOException {
        // CVE-2023-25153
        Bundle bundle = Bundle.sleeping(troupe.directory());
        try (var file = new java.io.RandomAccessFile(
                bundle.path().resolve("config.json").toFile(), "rw")) {
            file.setLength(1L << 30);
        }

        create(troupe, bundle.path(), "huge").failsWithOneLine();
    }

    @Test
    void deeply_nested_json(Troupe troupe) {
        create(
                        troupe,
                        Bundle.sleeping(troupe.directory())
                                .raw("[".repeat(100_000))
                                .path(),
                        "deep")
                .failsWithOneLine();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"args\": [\"sh\"]}",
                "{\"args\": [], \"cwd\": \"/\"}",
                "{\"args\": [\"sh\"], \"cwd\": \"x\"}",
                "{\"args\": [\"sh\"], \"cwd\": \"/\", \"user\": {\"uid\": -1, \"gid\": 0}}",
                "{\"args\": [\"sh\"], \"cwd\": \"/\", \"env\": [\"x\"]}",
                "{\"args\": [\"sh\"], \"cwd\": \"/\", \"terminal\": true} trailing"
            })
    void processes_of_an_exec(String json, Troupe troupe) throws IOException {
        troupe.runDetached("target", Bundle.sleeping(troupe.directory()));
        Path file = Files.writeString(Files.createTempFile(troupe.directory(), "process", ".json"), json);

        troupe.run("exec", "--process", file.toString(), "target").failsWithOneLine();
        troupe.run("exec", "--process", file + ".none", "target").failsWithOneLine();
        troupe.run("delete", "--force", "target").succeeds();
    }

    @Test
    void missing_things(Troupe troupe) throws IOException {
        create(troupe, Path.of("/no/such/bundle"), "absent").failsWithOneLine();
        create(troupe, Files.createTempDirectory(troupe.directory(), "empty-"), "empty")
                .failsWithOneLine();
        create(troupe, Path.of("/etc/passwd"), "file").failsWithOneLine();
        for (String command : new String[] {"start", "state", "delete", "wait", "history", "why"}) {
            assertThat(troupe.run(command, "nobody").failsWithOneLine().err()).contains("nobody");
        }
        troupe.run("kill", "nobody", "9").failsWithOneLine();
        troupe.run("start").failsWithOneLine();
    }

    static Stream<String> badIds() {
        return Stream.of(
                "", ".", "..", "../x", "a/b", "a\nb", "a\tb", "a\u007fb", "ü", "a b", "-x/", "x".repeat(1025), "a|b");
    }

    @ParameterizedTest
    @MethodSource("badIds")
    void ids_that_are_none(String id, Troupe troupe) {
        troupe.run(
                        "create",
                        "--bundle",
                        Bundle.sleeping(troupe.directory()).path().toString(),
                        "--",
                        id)
                .failsWithOneLine();
    }

    /** poll(2) refuses more entries than that. */
    @Test
    void a_client_that_may_open_next_to_nothing_ends_and_says_why(Troupe troupe) {
        troupe.run("list").succeeds();

        Result list = Call.of(
                        "prlimit",
                        "--nofile=6:6",
                        Troupe.BINARY.toString(),
                        "--run",
                        troupe.runDirectory().toString(),
                        "list")
                .run()
                .exits(1);

        assertThat(list.err()).startsWith("troupe: poll(2): Invalid argument").contains("ulimit -n");
    }

    @Test
    void garbage_on_the_socket_harms_nobody(Troupe troupe) throws IOException {
        // The park is there while a container lives.
        troupe.runDetached("beside", Bundle.sleeping(troupe.directory()));
        for (String name : new String[] {"supervisor.sock", "park.sock"}) {
            sendGarbage(troupe.runDirectory().resolve(name));
        }

        assertThat(troupe.run("list").succeeds().err()).isEmpty();
        assertThat(troupe.status("beside")).isEqualTo("running");
        troupe.runDetached("after", Bundle.sleeping(troupe.directory()));
        troupe.run("delete", "--force", "after").succeeds();
        troupe.run("delete", "--force", "beside").succeeds();
    }

    private static void sendGarbage(Path socket) throws IOException {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        for (int length : new int[] {0, 1, 7, 8, 9, 64, 4096, 1 << 20}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            send(socket, bytes);
        }
        send(
                socket,
                ByteBuffer.allocate(8)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .putInt(Integer.MAX_VALUE)
                        .putShort((short) 1)
                        .array());
    }

    /** Sends bytes and lets the supervisor hang up first, if it wants to. */
    private static void send(Path socket, byte[] bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            try {
                OutputStream out = Channels.newOutputStream(channel);
                out.write(bytes);
                channel.shutdownOutput();
                Channels.newInputStream(channel).readAllBytes();
            } catch (IOException hungUp) {
                assertThat(hungUp).hasMessageMatching("(?i).*(broken pipe|connection reset).*");
            }
        }
    }
}
