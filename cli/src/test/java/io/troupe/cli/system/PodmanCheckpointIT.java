package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** {@code podman container checkpoint} and {@code restore}, which call this distribution as they call crun. */
@RootTest
@EnabledIf(value = "io.troupe.cli.system.Host#hasPodman", disabledReason = "podman and conmon are not installed")
class PodmanCheckpointIT {
    /** Answers a line of the one pipe with how often it was asked, by the other. */
    private static final String COUNTER =
            "exec 3<>/v/ask; echo up; n=0; while read word <&3; do n=$((n+1)); echo $n >/v/answer; done";

    private Podman podman;
    private Path pipes;

    @BeforeAll
    static void criu_can_work_here() {
        Criu.assumeItWorks();
    }

    @BeforeEach
    void open(Troupe troupe) throws IOException {
        podman = new Podman(troupe.wrapper());
        pipes = Files.createDirectory(podman.storage().resolve("pipes"));
        Call.of("mkfifo", "ask", "answer").in(pipes).run().succeeds();
    }

    @AfterEach
    void close(Troupe troupe) {
        podman.close();
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
    }

    private void start(String... options) {
        podman.run(Stream.of(
                                List.of("--detach", "--name", "counter", "--volume", pipes + ":/v"),
                                List.of(options),
                                List.of(Podman.IMAGE, "sh", "-c", COUNTER))
                        .flatMap(List::stream)
                        .toArray(String[]::new))
                .succeeds();
        isAt(1);
    }

    private void isAt(int expected) {
        assertThat(Call.of("sh", "-c", "echo on >ask; exec head -n 1 answer")
                        .in(pipes)
                        .run()
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo(Integer.toString(expected));
    }

    private Result podman(String... words) {
        return podman.podman(words).succeeds();
    }

    @Test
    void a_container_goes_on_from_where_it_was() {
        start();

        podman("container", "checkpoint", "counter");
        assertThat(podman.inspect("counter", ".State.Status")).isEqualTo("exited");
        podman("container", "restore", "counter");

        isAt(2);
        assertThat(podman.inspect("counter", ".State.Status")).isEqualTo("running");
        assertThat(podman("exec", "counter", "echo", "in").out()).isEqualTo("in\n");
    }

    @Test
    void it_may_run_on_and_what_was_written_may_be_kept() {
        start();

        podman("container", "checkpoint", "--leave-running", "counter");
        isAt(2);
        podman("container", "checkpoint", "--keep", "counter");
        podman("container", "restore", "--keep", "counter");

        isAt(3);
    }

    @Test
    void an_archive_makes_other_containers() {
        start();
        String archive = podman.storage().resolve("counter.tar.gz").toString();
        podman("container", "checkpoint", "--export", archive, "counter");

        podman("container", "restore", "--import", archive, "--name", "other");

        isAt(2);
        podman("rm", "--force", "--time", "0", "other");
        podman("rm", "--force", "--time", "0", "counter");
        podman("container", "restore", "--import", archive);
        isAt(2);
        assertThat(podman.inspect("counter", ".State.Status")).isEqualTo("running");
    }

    @Test
    void a_terminal_and_its_log_go_on() {
        start("--tty");

        podman("container", "checkpoint", "counter");
        podman("container", "restore", "counter");

        isAt(2);
        podman("exec", "counter", "sh", "-c", "echo again >/proc/1/fd/1");
        assertThat(podman("logs", "counter").out().lines()).containsExactly("up", "again");
    }
}
