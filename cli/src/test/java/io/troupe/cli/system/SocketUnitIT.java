package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A supervisor behind a socket that is a service manager's (sd_listen_fds(3)). */
@RootTest
class SocketUnitIT {
    /** Listens at its first argument and has the rest run twice with the socket as descriptor 3. */
    private static final String MANAGER = """
            use strict;
            use IO::Socket::UNIX;
            use POSIX;
            $^F = 100;
            my $path = shift;
            my $socket = IO::Socket::UNIX->new(Local => $path, Listen => 16) or die "$path: $!";
            open(my $told, '>', "$path.told") or die;
            print $told "listens\\n";
            close($told);
            POSIX::dup2(fileno($socket), 3) if fileno($socket) != 3;
            for (my $n = 0; $n < 2; $n++) {
                my $child = fork();
                if ($child == 0) {
                    $ENV{LISTEN_FDS} = 1;
                    $ENV{LISTEN_PID} = $$;
                    exec(@ARGV) or die;
                }
                waitpid($child, 0);
            }
            """;

    @Test
    void the_socket_stays_for_the_next_supervisor(Troupe shared) throws IOException {
        Assumptions.assumeTrue(Host.has("perl"), "needs perl");
        try (Troupe troupe = new Troupe()) {
            Files.createDirectories(troupe.runDirectory());
            Path socket = troupe.runDirectory().resolve("supervisor.sock");
            Path told = troupe.runDirectory().resolve("supervisor.sock.told");
            Call.of("mkfifo", told.toString()).run().succeeds();
            var manager = Call.of(
                            "perl",
                            "-e",
                            MANAGER,
                            socket.toString(),
                            Troupe.BINARY.toString(),
                            "supervisor",
                            "run",
                            "--run",
                            troupe.runDirectory().toString(),
                            "--data",
                            troupe.dataDirectory().toString())
                    .start();
            assertThat(Host.text(told)).isEqualTo("listens");
            troupe.runDetached("stays", Bundle.sleeping(shared.directory()));
            int first = troupe.supervisorPid();
            int container = troupe.pid("stays");

            troupe.run("supervisor", "stop").succeeds();

            assertThat(socket).exists();
            assertThat(troupe.pid("stays")).isEqualTo(container);
            assertThat(troupe.supervisorPid()).isNotEqualTo(first);
            troupe.run("delete", "--force", "stays").succeeds();
            troupe.run("supervisor", "stop").succeeds();
            manager.await();
        }
    }
}
