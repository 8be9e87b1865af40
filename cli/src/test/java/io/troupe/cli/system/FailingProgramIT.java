package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Programs that cannot be executed. Words and statuses are those that podman looks for. */
@RootTest
class FailingProgramIT {

    @Test
    void a_program_that_is_not_there_is_127(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "no-such-program");

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "absent")
                .exits(127)
                .failsWithOneLine();

        assertThat(run.err()).contains("no-such-program").contains("executable file not found in $PATH");
        troupe.verifiesClean();
    }

    @Test
    void create_says_so_already(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/no-such-program");

        Result create = troupe.run("create", "--bundle", bundle.path().toString(), "absent")
                .failsWithOneLine();

        assertThat(create.err()).containsIgnoringCase("no such file or directory");
        troupe.run("state", "absent").failsWithOneLine();
        troupe.verifiesClean();
    }

    @Test
    void a_program_that_is_no_program_is_126(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/etc/passwd");

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "plain-file")
                .exits(126)
                .failsWithOneLine();

        assertThat(run.err()).containsIgnoringCase("permission denied");
    }

    /** The process says why and ends: which of the two is seen first is chance. */
    @RepeatedTest(10)
    void start_answers_what_execve_says(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/garbage");
        Files.writeString(bundle.rootfs().resolve("bin/garbage"), "\u007fELF but not really");
        Files.setPosixFilePermissions(
                bundle.rootfs().resolve("bin/garbage"), PosixFilePermissions.fromString("rwxr-xr-x"));

        troupe.run("create", "--bundle", bundle.path().toString(), "garbage").succeeds();
        Result start = troupe.run("start", "garbage").failsWithOneLine();

        assertThat(start.err()).contains("ENOEXEC");
        assertThat(troupe.status("garbage")).isEqualTo("stopped");
        troupe.run("delete", "garbage").succeeds();
    }

    @Test
    void exec_has_the_same_statuses(Troupe troupe) {
        troupe.runDetached("host", Bundle.sleeping(troupe.directory()));

        assertThat(troupe.run("exec", "host", "no-such-program")
                        .exits(127)
                        .failsWithOneLine()
                        .err())
                .contains("executable file not found in $PATH");
        troupe.run("exec", "host", "/etc/passwd").exits(126).failsWithOneLine();

        troupe.run("delete", "--force", "host").succeeds();
    }

    @Test
    void a_missing_interpreter_is_told(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/script");
        Files.writeString(bundle.rootfs().resolve("bin/script"), "#!/bin/none\n");
        Files.setPosixFilePermissions(
                bundle.rootfs().resolve("bin/script"), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "script")
                        .failsWithOneLine()
                        .err())
                .contains("/bin/script")
                .contains("no such file or directory");
    }
}
