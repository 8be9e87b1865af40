package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.supervisor.failpoint.Failpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The supervisor or the client dies at the worst moment; containers live on, and nothing half made stays. */
@RootTest
class RecoveryIT {

    @Test
    void containers_outlive_the_supervisor_and_are_found_again(Troupe troupe) {
        troupe.runDetached("running", Bundle.sleeping(troupe.directory()));
        troupe.run(
                        "create",
                        "--bundle",
                        Bundle.sleeping(troupe.directory()).path().toString(),
                        "created")
                .succeeds();
        int running = troupe.pid("running");
        int created = troupe.pid("created");
        int before = troupe.supervisorPid();

        troupe.killSupervisor();

        assertThat(troupe.pid("running")).isEqualTo(running);
        assertThat(troupe.pid("created")).isEqualTo(created);
        assertThat(troupe.supervisorPid()).isNotEqualTo(before);
        troupe.verifiesClean();
        troupe.run("start", "created").succeeds();
        troupe.run("exec", "created", "true").succeeds();
        for (String id : List.of("running", "created")) {
            troupe.run("kill", id, "KILL").succeeds();
            troupe.endedWith(id, 137);
            troupe.run("delete", id).succeeds();
        }
    }

    @Test
    void an_exit_that_nobody_saw_is_reported_with_its_code(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(troupe.directory(), "read line </gate; exit 23");
        Path gate = bundle.rootfs().resolve("gate");
        Call.of("mkfifo", gate.toString()).run().succeeds();
        troupe.runDetached("unseen", bundle);
        int pid = troupe.pid("unseen");

        troupe.killSupervisor();
        Files.writeString(gate, "go\n");
        awaitEnd(pid);

        troupe.endedWith("unseen", 23);
        assertThat(troupe.status("unseen")).isEqualTo("stopped");
        troupe.run("delete", "unseen").succeeds();
    }

    /** tail(1) watches a process that is not its child. */
    private static void awaitEnd(int pid) {
        Call.of("tail", "--pid=" + pid, "-s", "0.01", "-f", "/dev/null").run().succeeds();
    }

    @Test
    void a_run_in_the_foreground_survives_the_supervisor(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(troupe.directory(), "read line </ready; read line </gate; exit 24");
        Path ready = bundle.rootfs().resolve("ready");
        Path gate = bundle.rootfs().resolve("gate");
        Call.of("mkfifo", ready.toString(), gate.toString()).run().succeeds();
        var run = troupe.call("run", "--bundle", bundle.path().toString(), "foreground")
                .start();
        Files.writeString(ready, "\n"); // returns once the container's program has opened it
        troupe.killSupervisor();
        Files.writeString(gate, "go\n");

        run.await().exits(24);
        assertThat(troupe.run("history", "foreground").succeeds().out()).contains("24");
    }

    @Test
    void many_restarts_change_nothing(Troupe troupe) {
        troupe.runDetached("steady", Bundle.sleeping(troupe.directory()));
        int pid = troupe.pid("steady");

        for (int i = 0; i < 5; i++) {
            troupe.killSupervisor();
        }

        assertThat(troupe.pid("steady")).isEqualTo(pid);
        troupe.run("delete", "--force", "steady").succeeds();
    }

    @Test
    void a_client_that_is_killed_leaves_a_whole_container_or_none(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.run("list").succeeds();
        for (int i = 0; i < 20; i++) {
            var create = troupe.call("create", "--bundle", bundle.path().toString(), "cut-" + i)
                    .start();
            Call.of("sh", "-c", "for n in $(seq %d); do :; done".formatted(i * 200))
                    .run()
                    .succeeds();
            create.kill();
        }
        // What the killed ones had asked for may be going on; a new supervisor begins with all that decided.
        troupe.run("supervisor", "stop").succeeds();
        for (int i = 0; i < 20; i++) {
            wholeOrGone(troupe, "cut-" + i, "creation " + i);
        }
    }

    /** Every point of create, start and delete, with the supervisor killed there. */
    @ParameterizedTest
    @EnumSource(value = Failpoint.class, names = "(CHECKPOINT|RESTORE)_.*", mode = EnumSource.Mode.MATCH_NONE)
    void the_supervisor_dies_at(Failpoint point) {
        dieAt(point, point.name());
    }

    /** The same with the client. */
    @ParameterizedTest
    @EnumSource(value = Failpoint.class, names = "(CHECKPOINT|RESTORE)_.*", mode = EnumSource.Mode.MATCH_NONE)
    void the_client_dies_at(Failpoint point) {
        dieAt(point, point.name() + ":client");
    }

    private static void dieAt(Failpoint point, String armed) {
        try (Troupe troupe = new Troupe()) {
            Bundle bundle = Bundle.sleeping(troupe.directory());
            List<String> steps = new ArrayList<>(List.of("create", "start", "kill", "delete"));
            for (String step : stepsBefore(point, steps)) {
                step(troupe, bundle, step);
            }
            troupe.restartWith("-D" + Failpoint.PROPERTY + "=" + armed);
            step(troupe, bundle, stepOf(point));
            troupe.withoutOptions();
            // One that has not met its end there, or was started since, is armed still.
            troupe.run("supervisor", "stop").succeeds();
            wholeOrGone(troupe, "victim", armed);
        }
    }

    private static String stepOf(Failpoint point) {
        String name = point.name();
        return name.startsWith("EXIT_")
                ? "kill"
                : name.substring(0, name.indexOf('_')).toLowerCase(java.util.Locale.ROOT);
    }

    private static List<String> stepsBefore(Failpoint point, List<String> steps) {
        return steps.subList(0, steps.indexOf(stepOf(point)));
    }

    private static Result step(Troupe troupe, Bundle bundle, String step) {
        return switch (step) {
            case "create" -> troupe.run("create", "--bundle", bundle.path().toString(), "victim");
            case "kill" -> {
                Result kill = troupe.run("kill", "victim", "KILL");
                troupe.run("wait", "victim");
                yield kill;
            }
            default -> troupe.run(step, "victim");
        };
    }

    /** A container that is there can be used and removed; one that is not leaves its id free. Host and journal agree. */
    private static void wholeOrGone(Troupe troupe, String id, String where) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.verifiesClean();
        if (troupe.ids().contains(id)) {
            String status = troupe.status(id);
            assertThat(status).as(where).isIn("created", "running", "stopped");
            if (status.equals("created")) {
                troupe.run("start", id).succeeds();
            }
            troupe.run("delete", "--force", id).succeeds();
        }
        assertThat(troupe.run("state", id).exit()).as(where).isEqualTo(1);
        troupe.run("create", "--bundle", bundle.path().toString(), id).succeeds();
        troupe.run("delete", "--force", id).succeeds();
        troupe.verifiesClean();
    }

    /** Every point of run, with the supervisor killed there. */
    @ParameterizedTest
    @EnumSource(value = Failpoint.class, names = "(CHECKPOINT|RESTORE)_.*", mode = EnumSource.Mode.MATCH_NONE)
    void run_meets(Failpoint point) {
        try (Troupe troupe = new Troupe()) {
            Bundle bundle = Bundle.shell(troupe.directory(), "exit 5");
            troupe.restartWith("-D" + Failpoint.PROPERTY + "=" + point.name());

            Result run = troupe.run("run", "--bundle", bundle.path().toString(), "victim");

            assertThat(run.exit()).as(run.toString()).isIn(1, 5);
            troupe.withoutOptions();
            troupe.run("supervisor", "stop").succeeds();
            wholeOrGone(troupe, "victim", point.name());
        }
    }
}
