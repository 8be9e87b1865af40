package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** {@code podman container checkpoint} and {@code restore}, which call this distribution as they call crun. */
@RootTest
@EnabledIf(value = "io.troupe.cli.system.Host#hasPodman", disabledReason = "podman and conmon are not installed")
class PodmanCheckpointIT {
    private Podman podman;
    private Pipes pipes;

    @BeforeAll
    static void criu_can_work_here() {
        Criu.assumeItWorks();
    }

    @BeforeEach
    void open(Troupe troupe) throws IOException {
        podman = new Podman(troupe.wrapper());
        pipes = Pipes.in(Files.createDirectory(podman.storage().resolve("pipes")));
    }

    @AfterEach
    void close(Troupe troupe) {
        podman.close();
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
    }

    private void start(String... options) {
        podman.run(Stream.of(
                                List.of("--detach", "--name", "counter", "--volume", pipes.directory() + ":/v"),
                                List.of(options),
                                List.of(Podman.IMAGE, "sh", "-c", Pipes.counter("/v/")))
                        .flatMap(List::stream)
                        .toArray(String[]::new))
                .succeeds();
        pipes.isAt(1);
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

        pipes.isAt(2);
        assertThat(podman.inspect("counter", ".State.Status")).isEqualTo("running");
        assertThat(podman("exec", "counter", "echo", "in").out()).isEqualTo("in\n");
    }

    @Test
    void it_may_run_on_and_what_was_written_may_be_kept() {
        start();

        podman("container", "checkpoint", "--leave-running", "counter");
        pipes.isAt(2);
        podman("container", "checkpoint", "--keep", "counter");
        podman("container", "restore", "--keep", "counter");

        pipes.isAt(3);
    }

    @Test
    void an_archive_makes_other_containers() {
        start();
        String archive = podman.storage().resolve("counter.tar.gz").toString();
        podman("container", "checkpoint", "--export", archive, "counter");

        podman("container", "restore", "--import", archive, "--name", "other");

        pipes.isAt(2);
        podman("rm", "--force", "--time", "0", "other");
        podman("rm", "--force", "--time", "0", "counter");
        podman("container", "restore", "--import", archive);
        pipes.isAt(2);
        assertThat(podman.inspect("counter", ".State.Status")).isEqualTo("running");
    }

    @Test
    void an_init_is_a_link_to_what_is_bound() {
        Assumptions.assumeTrue(Host.hasCatatonit(), "catatonit is not installed");
        start("--init");

        podman("container", "checkpoint", "counter");
        podman("container", "restore", "counter");

        pipes.isAt(2);
    }

    @Test
    void a_terminal_and_its_log_go_on() {
        start("--tty");

        podman("container", "checkpoint", "counter");
        podman("container", "restore", "counter");

        pipes.isAt(2);
        podman("exec", "counter", "sh", "-c", "echo again >/proc/1/fd/1");
        assertThat(podman("logs", "counter").out().lines()).containsExactly("up", "again");
    }
}
