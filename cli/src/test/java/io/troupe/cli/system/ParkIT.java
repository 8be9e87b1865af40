package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The process that keeps pidfds for the next supervisor. */
@RootTest
class ParkIT {

    /** {@return the park that keeps a process, once one does that is not {@code former}} */
    private static int awaitPark(Troupe troupe, int former, int pid) {
        String script = "until for park in $(pgrep --full '[-]-park %s/park.sock'); do".formatted(troupe.runDirectory())
                + " [ $park != %d ] && grep -qs '^Pid:.%d$' /proc/$park/fdinfo/* && echo $park && exit 0; done; false; do :; done"
                        .formatted(former, pid);
        return Integer.parseInt(Call.of("timeout", "30", "sh", "-c", script)
                .run()
                .succeeds()
                .out()
                .strip());
    }

    @Test
    void an_exit_is_known_although_park_and_supervisor_were_killed(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(troupe.directory(), "read line </gate; exit 23");
        Path gate = bundle.rootfs().resolve("gate");
        Call.of("mkfifo", gate.toString()).run().succeeds();
        troupe.runDetached("unseen", bundle);
        int pid = troupe.pid("unseen");
        int park = awaitPark(troupe, 0, pid);

        Call.of("kill", "-9", Integer.toString(park)).run().succeeds();
        awaitPark(troupe, park, pid);
        troupe.verifiesClean();
        troupe.killSupervisor();
        Files.writeString(gate, "go\n");
        Call.of("tail", "--pid=" + pid, "-s", "0.01", "-f", "/dev/null").run().succeeds();

        troupe.endedWith("unseen", 23);
        troupe.run("delete", "unseen").succeeds();
    }

    @Test
    void a_stray_one_is_found(Troupe troupe) {
        String socket = troupe.runDirectory().resolve("park.sock").toString();
        Call.Running stray =
                Call.of("sh", "-c", "sleep 60; true", "sh", "--park", socket).start();
        try {
            Result verified = troupe.run("supervisor", "verify").exits(1);

            assertThat(verified.out() + verified.err()).contains("it is a park at " + socket);
        } finally {
            stray.kill();
        }
        troupe.verifiesClean();
    }
}
