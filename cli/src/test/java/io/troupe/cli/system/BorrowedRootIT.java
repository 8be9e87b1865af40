package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code run --rootfs} borrows a directory of the host: nothing of it may change. */
@RootTest
class BorrowedRootIT {

    @Test
    void file_systems_mounted_below_it_are_read_only_too(Troupe troupe) throws Exception {
        Path mounted = Files.createDirectory(troupe.directory().resolve("mounted"));
        Call.of("mount", "-t", "tmpfs", "tmpfs", mounted.toString()).run().succeeds();
        try {
            Result touch = troupe.run("run", "--rootfs", "/", "below", "--", "touch", mounted + "/was-here");

            assertThat(touch.exit()).as(touch.toString()).isNotZero();
            assertThat(touch.err()).contains("Read-only file system");
            assertThat(mounted.resolve("was-here")).doesNotExist();
            Files.writeString(mounted.resolve("of-the-host"), "still writable out here");
        } finally {
            Call.of("umount", mounted.toString()).run().succeeds();
        }
    }

    @Test
    void a_working_directory_that_is_not_there_is_not_made(Troupe troupe) {
        Result run = troupe.run("run", "--rootfs", "/", "--cwd", "/troupe-it-no-such-directory", "astray", "--", "pwd")
                .failsWithOneLine();

        assertThat(run.err()).contains("/troupe-it-no-such-directory", "ENOENT");
        assertThat(Path.of("/troupe-it-no-such-directory")).doesNotExist();
        troupe.verifiesClean();
    }

    @Test
    void a_directory_of_ones_own_serves_as_well(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());

        Result run = troupe.run(
                        "run",
                        "--rootfs",
                        bundle.rootfs().toString(),
                        "--cwd",
                        "/etc",
                        "own",
                        "--",
                        "/bin/sh",
                        "-c",
                        "pwd; touch /x || echo sealed")
                .succeeds();

        assertThat(run.out().lines()).containsExactly("/etc", "sealed");
    }

    @Test
    void what_it_reads_from_a_pipe_comes_back_whole(Troupe troupe) {
        String text = "0123456789abcdef\n".repeat(20_000);

        assertThat(troupe.call("run", "--rootfs", "/", "piped", "--", "cat")
                        .reading(text)
                        .run()
                        .succeeds()
                        .out())
                .isEqualTo(text);
    }

    @Test
    void values_of_variables_are_written_nowhere(Troupe troupe) throws Exception {
        String secret = "s3cr3t-" + System.nanoTime();

        assertThat(troupe.run("run", "--rootfs", "/", "-e", "A=" + secret, "discreet", "--", "printenv", "A")
                        .succeeds()
                        .out())
                .isEqualTo(secret + "\n");

        assertThat(troupe.run("history", "discreet").succeeds().out())
                .contains("A=***")
                .doesNotContain(secret);
        try (var files = Files.walk(troupe.dataDirectory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret);
            }
        }
    }
}
