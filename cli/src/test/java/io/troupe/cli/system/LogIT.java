package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Where {@code --log} points. */
@RootTest
class LogIT {

    @Test
    void a_file_gets_as_much_as_the_level_says(Troupe troupe) {
        Path log = troupe.directory().resolve("failures");

        troupe.run("--log", "file:" + log, "--log-level", "debug", "start", "nobody")
                .exits(1);
        troupe.run("--log", log.toString(), "--log-level", "warning", "start", "nobody")
                .exits(1);

        assertThat(Host.lines(log))
                .satisfiesExactly(
                        error -> assertThat(error).contains("level=error").contains("nobody"),
                        debug -> assertThat(debug).contains("level=debug msg=\"code NOT_FOUND, exit status 1\""),
                        error -> assertThat(error).contains("level=error"));
    }

    @Test
    void what_cannot_be_written_is_told_and_changes_nothing_else(Troupe troupe) {
        Result run = troupe.run("--log", "/no/such/file", "start", "nobody").exits(1);

        assertThat(run.err().lines())
                .containsExactly(
                        "troupe: --log /no/such/file: it cannot be written: its directory does not exist",
                        "troupe: container nobody: it does not exist. See \"troupe list\"");
    }
}
