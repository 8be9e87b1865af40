package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor that cannot start says so in one line, and one that starts keeps nothing of who started it. */
@RootTest
class FailingSupervisorIT {
    @TempDir
    Path directory;

    private Call start(String... environment) {
        Call call = Call.of(Troupe.BINARY.toString(), "supervisor", "start")
                .with("TROUPE_RUN", directory.resolve("run").toString())
                .with("TROUPE_DATA", directory.resolve("data").toString());
        for (int i = 0; i < environment.length; i += 2) {
            call.with(environment[i], environment[i + 1]);
        }
        return call;
    }

    private static void fails(Call call, String reason) {
        assertThat(call.run().failsWithOneLine().err()).contains(reason);
    }

    @Test
    void its_data_directory_is_a_file() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        fails(start("TROUPE_DATA", file.toString()), file + ": it is there, and it is no directory");
    }

    @Test
    void its_journal_is_none() throws IOException {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/journal.db"), "not a database ".repeat(100));

        fails(start(), "it is not an SQLite database");
    }

    @Test
    void its_java_virtual_machine_refuses_an_option() {
        fails(start("TROUPE_JAVA_OPTIONS", "-XX:+NoSuchOption"), "Unrecognized VM option 'NoSuchOption'");
    }

    @Test
    void its_failpoint_is_none() {
        fails(
                start("TROUPE_JAVA_OPTIONS", "-Dtroupe.failpoint=CREATE_REDY"),
                "-Dtroupe.failpoint: \"CREATE_REDY\" is no failpoint. Name one that Failpoint.java lists");
    }

    @Test
    void its_java_ends_without_a_word() {
        fails(start("TROUPE_JAVA", "/bin/false"), "it ended before it was ready");
    }

    @Test
    void its_run_directory_is_taken() throws IOException {
        Files.createDirectories(directory.resolve("run"));
        Path taken = Files.createFile(directory.resolve("run/c"));

        fails(start(), taken + ": it is there, and it is no directory");
    }

    @Test
    void one_that_starts_keeps_no_pipe_of_its_caller(Troupe troupe) throws IOException {
        Path descriptors = Path.of("/proc", Integer.toString(troupe.supervisorPid()), "fd");
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                assertThat(Files.readSymbolicLink(descriptor).toString())
                        .as(descriptor.toString())
                        .doesNotStartWith("pipe:");
            }
        }
    }
}
