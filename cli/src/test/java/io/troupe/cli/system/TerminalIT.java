package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A container with a terminal, on the caller's. The console socket is shown by {@link PodmanIT}. */
@RootTest
class TerminalIT {

    @Test
    void all_three_descriptors_are_the_containers_terminal(Troupe troupe) {
        Bundle bundle = Bundle.shell(
                        troupe.directory(), "for f in 0 1 2; do readlink /proc/$$/fd/$f; done; ls /dev/console")
                .set("/process/terminal", "true");

        Result run = Terminal.run(troupe, "run", "--bundle", bundle.path().toString(), "tty")
                .succeeds();

        // script(1) echoes the end of its own input first.
        assertThat(run.out().replace("\r", "")).endsWith("/dev/pts/0\n/dev/pts/0\n/dev/pts/0\n/dev/console\n");
    }

    @Test
    void its_status_comes_back(Troupe troupe) {
        Bundle bundle = Bundle.shell(troupe.directory(), "exit 12").set("/process/terminal", "true");

        Terminal.run(troupe, "run", "--bundle", bundle.path().toString(), "tty-status")
                .exits(12);
    }

    @Test
    void its_size_is_the_one_asked_for(Troupe troupe) {
        Bundle bundle = Bundle.shell(troupe.directory(), "stty size")
                .set("/process/terminal", "true")
                .set("/process/consoleSize", "{\"height\": 33, \"width\": 99}");

        assertThat(Terminal.run(troupe, "run", "--bundle", bundle.path().toString(), "tty-size")
                        .succeeds()
                        .out())
                .contains("33 99");
    }

    @Test
    void it_is_the_controlling_terminal(Troupe troupe) {
        Bundle bundle = Bundle.shell(troupe.directory(), "echo through the tty >/dev/tty")
                .set("/process/terminal", "true");

        assertThat(Terminal.run(troupe, "run", "--bundle", bundle.path().toString(), "tty-control")
                        .succeeds()
                        .out())
                .contains("through the tty");
    }

    @Test
    void without_one_the_caller_is_told(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true").set("/process/terminal", "true");

        troupe.run("create", "--bundle", bundle.path().toString(), "tty-none").failsWithOneLine();
        troupe.verifiesClean();
    }
}
