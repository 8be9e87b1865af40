package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.FakeSupervisor.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A tmpfs that begins with what it covers, by the real C program. */
@Tag("root")
class CopyUpTest {
    private static final int PID = 2;
    private static final int FAILED = 5;
    private static final int EXITED = 6;
    private static final int ENOSPC = 28;
    private static final int ELOOP = 40;
    private static final int TOO_DEEP = 70;

    private TestRoot root;
    private FakeSupervisor supervisor;
    private Path covered;

    @BeforeEach
    void open() throws Exception {
        root = new TestRoot();
        supervisor = new FakeSupervisor();
        covered = Files.createDirectory(root.path().resolve("data"));
    }

    @AfterEach
    void close() throws Exception {
        if (supervisor != null) {
            supervisor.close();
            root.close();
        }
    }

    @Test
    void it_has_the_files_with_their_modes_and_owners_and_the_image_stays_as_it_was() throws Exception {
        Path file = Files.writeString(covered.resolve("file"), "text\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setAttribute(file, "unix:uid", 7);
        Files.setAttribute(file, "unix:gid", 8);
        Files.createDirectories(covered.resolve("a/b"));
        Files.writeString(covered.resolve("a/b/deep"), "deep\n");
        Files.createSymbolicLink(covered.resolve("link"), Path.of("file"));
        Files.setPosixFilePermissions(covered, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(output(
                        List.of(),
                        "ls -ln /data/file; cat /data/link /data/a/b/deep; echo new > /data/file; ls -ld /data"))
                .matches("-rwxr-x--x +1 7 +8 .*/data/file\ntext\ndeep\ndrwxr-xr-x .*/data\n");
        assertThat(file).hasContent("text\n");
    }

    @Test
    void links_out_of_the_root_are_copied_as_links() throws Exception {
        Path host = Files.createTempFile("troupe-test-canary-", "");
        Files.writeString(host, "the host's");
        Files.createSymbolicLink(covered.resolve("out"), host);

        assertThat(output(List.of(), "cat /data/out 2>/dev/null || echo nothing; ls -l /data/out"))
                .startsWith("nothing\n")
                .endsWith(" -> " + host + "\n");
        Files.delete(host);
    }

    @Test
    void a_mode_among_the_options_wins() throws Exception {
        assertThat(output(List.of("mode=700"), "ls -ld /data")).startsWith("drwx------ ");
    }

    @Test
    void a_directory_that_is_not_there_is_as_open_at_the_next_start_as_at_the_first() throws Exception {
        Files.delete(covered);
        assertThat(output(List.of(), "ls -ld /data")).startsWith("drwxrwxrwt ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(covered)))
                .isEqualTo("rwxrwxrwx");
    }

    @Test
    void more_than_fits_fails_the_step_and_names_the_file() throws Exception {
        Files.write(covered.resolve("big"), new byte[1 << 20]);

        assertThat(fail(List.of("size=64k")))
                .satisfies(failure -> assertThat(failure.errno()).isEqualTo(ENOSPC))
                .satisfies(failure -> assertThat(failure.detail()).isEqualTo("copying up: big"));
    }

    @Test
    void a_way_down_without_end_fails_the_step() throws Exception {
        Files.createDirectories(covered.resolve("d/".repeat(TOO_DEEP)));

        assertThat(fail(List.of()).errno()).isEqualTo(ELOOP);
    }

    private LaunchPlan plan(List<String> options, String script) {
        Step mount = new Step.Mount("tmpfs", "tmpfs", "/data", 0, options, 0, true);
        return TestRoot.plan(
                Set.of(LaunchPlan.Flag.FOREGROUND),
                List.of(),
                List.of(),
                root.child(List.of(mount), List.of(), "sh", "-c", script));
    }

    private String output(List<String> options, String script) throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(plan(options, script));
        supervisor.await(PID);
        supervisor.adopt();
        supervisor.await(EXITED);
        supervisor.exit(0);
        supervisor.exitCode();
        return supervisor.output();
    }

    private StepFailure fail(List<String> options) throws Exception {
        supervisor.run("run", "x");
        supervisor.launch(plan(options, "true"));
        Frame frame = supervisor.receive();
        while (frame.type() != FAILED) {
            frame = supervisor.receive();
        }
        return frame.failure();
    }
}
