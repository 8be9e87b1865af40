package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What callers hand to a container's process, and it to them: descriptors, socket activation, its pidfd. */
@RootTest
class HandoverIT {

    /** Calls Troupe from a shell, which can open descriptors and knows its own pid. */
    private static Result shell(Troupe troupe, String line) {
        return Call.of("/bin/sh", "-c", line.replace("TROUPE", Troupe.BINARY.toString()))
                .with(troupe.environment())
                .in(troupe.directory())
                .run();
    }

    private static Path file(Troupe troupe) throws IOException {
        return Files.writeString(troupe.directory().resolve("passed"), "from the caller\n");
    }

    @Test
    void descriptors_reach_the_program_and_no_others_do(Troupe troupe) throws IOException {
        Path bundle = Bundle.shell(troupe.directory(), "cat <&3; cat <&4 || echo none")
                .path();

        Result run =
                shell(troupe, "exec 3<" + file(troupe) + " 4<&3; exec TROUPE run --preserve-fds 1 -b " + bundle + " p");

        assertThat(run.out()).isEqualTo("from the caller\nnone\n");
    }

    @Test
    void a_descriptor_that_the_caller_has_not_opened_is_missed(Troupe troupe) throws IOException {
        Path bundle = Bundle.shell(troupe.directory(), "true").path();

        Result run = shell(troupe, "exec 3<" + file(troupe) + "; exec TROUPE run --preserve-fds 2 -b " + bundle + " p");

        assertThat(run.failsWithOneLine().err()).contains("descriptor 4: the caller has not opened it");
    }

    @Test
    void socket_activation_passes_through(Troupe troupe) throws IOException {
        Path bundle = Bundle.shell(troupe.directory(), "cat <&3; cat <&4; env").path();
        String opened = "exec 3<" + file(troupe) + " 4</dev/null; ";

        Result run = shell(
                troupe,
                opened + "LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=web exec TROUPE run --preserve-fds 1 -b " + bundle
                        + " p");

        assertThat(run.succeeds().out()).startsWith("from the caller\n");
        assertThat(run.out().lines()).contains("LISTEN_FDS=1", "LISTEN_PID=1", "LISTEN_FDNAMES=web");
        assertThat(shell(troupe, opened + "LISTEN_FDS=1 LISTEN_PID=1 exec TROUPE run -b " + bundle + " p")
                        .out())
                .as("of another process")
                .doesNotContain("LISTEN_", "from the caller");
    }

    @Test
    void exec_passes_descriptors_on_too(Troupe troupe) throws IOException {
        troupe.runDetached("e", Bundle.sleeping(troupe.directory()));

        Result run = shell(troupe, "exec 3<" + file(troupe) + "; exec TROUPE exec --preserve-fds 1 e sh -c 'cat <&3'");

        assertThat(run.succeeds().out()).isEqualTo("from the caller\n");
    }

    @Test
    void a_pidfd_is_sent_to_who_listens(Troupe troupe) throws IOException {
        Path socket = troupe.directory().resolve("pidfd.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Path bundle = Bundle.sleeping(troupe.directory()).path();

            troupe.run("create", "--pidfd-socket", socket.toString(), "-b", bundle.toString(), "f")
                    .succeeds();
            assertThat(word(server)).isEqualTo("standard");
            troupe.run("start", "f").succeeds();
            troupe.run("exec", "--pidfd-socket", socket.toString(), "f", "true").succeeds();
            assertThat(word(server)).isEqualTo("setns");
        }
    }

    private static String word(ServerSocketChannel server) throws IOException {
        try (SocketChannel connection = server.accept()) {
            ByteBuffer bytes = ByteBuffer.allocate(64);
            while (connection.read(bytes) > 0) {}
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void nobody_listening_fails_and_leaves_nothing(Troupe troupe) {
        Path bundle = Bundle.sleeping(troupe.directory()).path();

        Result run = troupe.run("create", "--pidfd-socket", "/no/such", "-b", bundle.toString(), "g");

        assertThat(run.failsWithOneLine().err()).contains("send the pidfd to /no/such");
        assertThat(troupe.ids()).doesNotContain("g");
    }

    @Test
    void the_configuration_may_be_another_file(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(troupe.directory(), "echo other");
        Path other = Files.move(
                bundle.path().resolve("config.json"), troupe.directory().resolve("other.json"));

        Result run = troupe.run(
                "run",
                "--no-subreaper",
                "--config",
                other.toString(),
                "-b",
                bundle.path().toString(),
                "o");

        assertThat(run.succeeds().out()).isEqualTo("other\n");
        assertThat(troupe.run(
                                "create",
                                "-f",
                                "missing.json",
                                "-b",
                                bundle.path().toString(),
                                "o")
                        .failsWithOneLine()
                        .err())
                .contains("missing.json: is missing");
    }
}
