package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.wire.FrameType;
import io.troupe.protocol.wire.Hello;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Refusals that need a supervisor, and have no place among the tests of what is served. */
@RootTest
class RefusalsIT {

    private static String refused(Troupe troupe, String... words) {
        return troupe.run(words).failsWithOneLine().err();
    }

    @Test
    void a_scope_is_made_by_systemd_alone(Troupe troupe) {
        Path bundle = Bundle.sleeping(troupe.directory())
                .set("/linux/cgroupsPath", "\"machine.slice:libpod:web1\"")
                .path();

        assertThat(refused(troupe, "run", "--bundle", bundle.toString(), "scoped"))
                .isEqualTo("troupe: config.json: linux.cgroupsPath \"machine.slice:libpod:web1\": it is a scope of"
                        + " systemd's, and Troupe is to make the cgroup. Use --systemd-cgroup, or write a path\n");
    }

    @Test
    void a_terminal_needs_somebody_who_has_it(Troupe troupe) {
        Path bundle = Bundle.sleeping(troupe.directory())
                .set("/process/terminal", "true")
                .path();

        assertThat(refused(troupe, "run", "--detach", "--bundle", bundle.toString(), "alone"))
                .contains("config.json: process.terminal: a process that runs without its caller needs a place for its"
                        + " terminal. Use --console-socket");
    }

    @Test
    void a_directory_that_somebody_else_has_made_is_not_taken_for_ones_own(Troupe troupe) throws IOException {
        troupe.supervisorPid();
        Path directory = Files.createDirectories(troupe.runDirectory().resolve("c/foreign"));

        assertThat(refused(
                        troupe,
                        "run",
                        "--bundle",
                        Bundle.sleeping(troupe.directory()).path().toString(),
                        "foreign"))
                .contains(directory + ": it exists, and no container of this supervisor has it");
    }

    @Test
    void what_exec_and_update_cannot_mean(Troupe troupe) throws IOException {
        troupe.runDetached("lone", Bundle.sleeping(troupe.directory()));

        assertThat(refused(troupe, "exec", "--cap", "CAP_TEA", "lone", "true"))
                .contains("--cap CAP_TEA: it is no capability. See capabilities(7)");
        assertThat(refused(troupe, "update", "--l3-cache-schema", "L3:0=f", "lone"))
                .contains("the container has no group of resctrl: linux.intelRdt is not in its configuration");
        assertThat(refused(troupe, "update", "-r", troupe.directory().toString(), "lone"))
                .contains(troupe.directory() + ": it cannot be read: Is a directory");
        assertThat(refused(troupe, "ps", "lone", "--no-such-option"))
                .contains("ps: the host's ps ended with status 1: ");
        troupe.run("delete", "--force", "lone").succeeds();
    }

    @Test
    void without_the_copy_of_its_configuration_a_container_takes_no_exec(Troupe troupe) throws IOException {
        troupe.runDetached("bare", Bundle.sleeping(troupe.directory()));
        Files.delete(troupe.runDirectory().resolve("c/bare/config.json"));
        troupe.run("supervisor", "stop").succeeds(); // it may still know what it has read

        assertThat(refused(troupe, "exec", "bare", "true"))
                .contains("container bare: the copy of its configuration cannot be read: it is missing."
                        + " Delete it with --force and create it again");
        troupe.run("delete", "--force", "bare").succeeds();
    }

    @Test
    void an_example_is_written_over_nothing(Troupe troupe) throws IOException {
        Path directory = Files.createDirectory(troupe.directory().resolve("example"));
        troupe.run("spec", "--bundle", directory.toString()).succeeds();

        assertThat(refused(troupe, "spec", "--bundle", directory.toString()))
                .contains(directory.resolve("config.json") + ": it exists. Move it away");
        assertThat(refused(troupe, "spec", "--bundle", "/sys/kernel")).contains("cannot write it: ");
    }

    private static byte[] frame(FrameType type, byte[] payload) {
        return ByteBuffer.allocate(FrameType.HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putShort((short) type.number())
                .putShort((short) 0)
                .put(payload)
                .array();
    }

    private static String answer(Troupe troupe, byte[] bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(troupe.runDirectory().resolve("supervisor.sock")));
            channel.write(ByteBuffer.wrap(bytes));
            channel.shutdownOutput();
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void clients_that_say_nothing_or_something_else_first_are_told(Troupe troupe) throws IOException {
        troupe.supervisorPid();
        Hello silent = new Hello(FrameType.PROTOCOL_VERSION, List.of(), "/", List.of(), 0, 0, 0, 0, 0);

        assertThat(answer(troupe, frame(FrameType.READY, new byte[0]))).contains("client: its first frame is READY");
        assertThat(answer(troupe, frame(FrameType.HELLO, silent.encode()))).contains("client: it sent no words");
    }
}
