package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
    void what_is_passed_over_is_told_to_who_asks(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                .set("/linux/newField", "1")
                .set(
                        "/linux/seccomp",
                        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\":"
                                + " [{\"names\": [\"mkdir\", \"not_a_call\"], \"action\": \"SCMP_ACT_ERRNO\"}]}");
        Path log = troupe.directory().resolve("remarks");

        for (String level : List.of("error", "warning")) {
            String path = bundle.path().toString();
            Result run = troupe.run(
                            "--log", log.toString(), "--log-level", level, "run", "--bundle", path, "r-" + level)
                    .succeeds();
            assertThat(run.err()).isEmpty();
        }

        assertThat(Host.lines(log))
                .satisfiesExactly(
                        field -> assertThat(field)
                                .contains("level=warning")
                                .contains("linux.newField is passed over: version 1.3.0 of the specification has no"),
                        call -> assertThat(call)
                                .contains("level=warning")
                                .contains("calls that libseccomp does not know are passed over: not_a_call"));
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
