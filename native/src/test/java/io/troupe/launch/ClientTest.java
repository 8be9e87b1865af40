package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.FakeSupervisor.Frame;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The client finds its supervisor, starts one, and outlives one. */
class ClientTest {
    private static final int PID = 2;
    private static final int STARTED = 4;

    private FakeSupervisor supervisor;
    private Path distribution;
    private Path run;

    @BeforeEach
    void open() throws Exception {
        supervisor = new FakeSupervisor();
        distribution = Files.createTempDirectory("troupe-test-client-");
        run = distribution.resolve("run");
        Files.createDirectories(distribution.resolve("bin"));
        Files.createDirectories(distribution.resolve("libexec"));
        Files.copy(FakeSupervisor.BINARY, distribution.resolve("bin/troupe"));
    }

    @AfterEach
    void close() throws Exception {
        supervisor.close();
        TestRoot.remove(distribution);
    }

    private ProcessBuilder troupe(String... words) {
        ProcessBuilder command =
                new ProcessBuilder(distribution.resolve("bin/troupe").toString(), "--run", run.toString());
        command.command().addAll(java.util.List.of(words));
        return command;
    }

    /** What runs when the client starts a supervisor; descriptor {@code $TROUPE_READY_FD} is where it says READY. */
    private void supervisorIs(String script) throws Exception {
        Path file = distribution.resolve("libexec/troupe-supervisor");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static String outputOf(Process process) throws Exception {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String failing(String... words) throws Exception {
        Process client = troupe(words).redirectErrorStream(true).start();
        String output = outputOf(client);
        assertThat(client.waitFor()).isEqualTo(1);
        return output;
    }

    @Test
    void status_starts_no_supervisor_and_says_that_none_answers() throws Exception {
        assertThat(failing("supervisor", "status"))
                .isEqualTo("troupe: no supervisor answers at " + run + "/supervisor.sock: connect(2): No such file or"
                        + " directory (errno 2). Start it with \"troupe supervisor start\"\n");
        assertThat(run).doesNotExist();
    }

    @Test
    void stop_is_done_when_none_runs() throws Exception {
        Process client = troupe("supervisor", "stop").redirectErrorStream(true).start();

        assertThat(outputOf(client)).isEqualTo("troupe: no supervisor runs at " + run + "/supervisor.sock\n");
        assertThat(client.waitFor()).isZero();
    }

    @Test
    void a_supervisor_that_cannot_start_says_why_in_one_line() throws Exception {
        supervisorIs("echo 'supervisor: the journal is locked. Stop the other one' >&$TROUPE_READY_FD; exit 1");

        assertThat(failing("list")).isEqualTo("troupe: supervisor: the journal is locked. Stop the other one\n");
    }

    @Test
    void a_supervisor_that_dies_leaves_its_last_words() throws Exception {
        supervisorIs("echo boom >&2; exit 1");

        assertThat(failing("list"))
                .isEqualTo(
                        "troupe: supervisor: it ended before it was ready: \"boom\". See " + run + "/supervisor.err\n");
    }

    @Test
    void a_supervisor_is_started_on_demand_and_asked() throws Exception {
        supervisorIs(
                "ln -s " + supervisor.directory() + "/supervisor.sock " + run + " && echo READY >&$TROUPE_READY_FD");

        Frame hello = supervisor.accept(troupe("--log-format", "json", "list", "--quiet"));
        supervisor.exit(3);

        assertThat(new String(hello.payload(), StandardCharsets.UTF_8))
                .contains("--log-format", "json", "list", "--quiet");
        assertThat(supervisor.exitCode()).isEqualTo(3);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run)))
                .isEqualTo("rwx------");
    }

    @Test
    void a_run_directory_that_others_may_write_to_is_not_trusted() throws Exception {
        Files.createDirectory(run);
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(failing("list")).contains("writable by nobody else", "Use another one with --run");
    }

    @Test
    @Tag("root")
    void a_foreground_client_outlives_its_supervisor_and_reports_the_exit_to_the_next() throws Exception {
        try (TestRoot root = new TestRoot()) {
            supervisor.run("run", "x");
            supervisor.launch(root.foreground("sleep", "100"));
            Frame pid = supervisor.await(PID);
            supervisor.adopt();
            supervisor.await(STARTED);
            Process client = supervisor.client();
            supervisor.hangUp();
            try (Pidfd process = Pidfd.of(Descriptor.inherited(pid.descriptors().getFirst()))) {
                process.send(Signals.SIGKILL);
            }

            Frame hello = supervisor.acceptNext();
            supervisor.exit(0);

            assertThat(new String(hello.payload(), StandardCharsets.UTF_8))
                    .contains("report-exit", "id", Integer.toString(pid.number()), "9");
            assertThat(client.waitFor()).isEqualTo(137);
        }
    }
}
