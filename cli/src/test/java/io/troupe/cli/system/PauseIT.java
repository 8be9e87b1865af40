package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** pause and resume: the kernel's freezer, and what the journal says of it. */
@RootTest
class PauseIT {

    private static void runPaused(Troupe troupe, String id) {
        troupe.runDetached(id, Bundle.sleeping(troupe.directory()));
        troupe.run("pause", id).succeeds();
    }

    private static String freezer(Troupe troupe, String id) {
        int pid = troupe.pid(id);
        if (Host.hasUnifiedCgroups()) {
            Path events = Host.cgroup(pid, "").orElseThrow().resolve("cgroup.events");
            return Host.text(events).contains("frozen 1") ? "FROZEN" : "THAWED";
        }
        return Host.text(Host.cgroup(pid, "freezer").orElseThrow().resolve("freezer.state"));
    }

    @Test
    void a_paused_container_is_frozen_until_it_is_resumed(Troupe troupe) {
        runPaused(troupe, "cold");

        assertThat(troupe.status("cold")).isEqualTo("paused");
        assertThat(troupe.pid("cold")).isPositive();
        assertThat(freezer(troupe, "cold")).isEqualTo("FROZEN");
        assertThat(troupe.run("list").succeeds().out()).contains("paused");

        troupe.run("resume", "cold").succeeds();

        assertThat(troupe.status("cold")).isEqualTo("running");
        assertThat(freezer(troupe, "cold")).isEqualTo("THAWED");
        troupe.run("delete", "--force", "cold").succeeds();
    }

    @Test
    void history_and_why_tell_who_paused_it(Troupe troupe) {
        runPaused(troupe, "told");

        assertThat(troupe.run("why", "told").succeeds().out())
                .contains("told is paused, as uid 0 asked (pause)")
                .contains("all its processes were stopped");
        troupe.run("resume", "told").succeeds();
        assertThat(troupe.run("history", "told").succeeds().out()).contains("paused", "resumed", "its processes go on");
        troupe.run("delete", "--force", "told").succeeds();
    }

    @Test
    void what_does_not_fit_is_refused(Troupe troupe) {
        troupe.runDetached("odd", Bundle.sleeping(troupe.directory()));

        assertThat(troupe.run("resume", "odd").failsWithOneLine().err()).contains("cannot resume: it is running");
        troupe.run("pause", "odd").succeeds();
        assertThat(troupe.run("pause", "odd").failsWithOneLine().err()).contains("cannot pause: it is paused");
        assertThat(troupe.run("exec", "odd", "true").failsWithOneLine().err()).contains("cannot exec: it is paused");
        assertThat(troupe.run("delete", "odd").failsWithOneLine().err()).contains("cannot delete: it is paused");
        assertThat(troupe.run("pause", "nobody").failsWithOneLine().err()).contains("it does not exist");
        troupe.run("delete", "--force", "odd").succeeds();
        assertThat(troupe.ids()).isEmpty();
    }

    @Test
    void a_created_container_is_created_again_once_it_is_resumed(Troupe troupe) {
        troupe.run(
                        "create",
                        "--bundle",
                        Bundle.sleeping(troupe.directory()).path().toString(),
                        "early")
                .succeeds();

        troupe.run("pause", "early").succeeds();
        assertThat(troupe.status("early")).isEqualTo("paused");
        assertThat(freezer(troupe, "early")).isEqualTo("FROZEN");
        assertThat(troupe.run("start", "early").failsWithOneLine().err()).contains("cannot start: it is paused");
        troupe.killSupervisor();
        assertThat(troupe.status("early")).isEqualTo("paused");

        troupe.run("resume", "early").succeeds();
        assertThat(troupe.status("early")).isEqualTo("created");
        troupe.run("start", "early").succeeds();
        assertThat(troupe.status("early")).isEqualTo("running");
        troupe.run("delete", "--force", "early").succeeds();
    }

    @Test
    void a_paused_container_can_be_killed(Troupe troupe) {
        runPaused(troupe, "victim");

        troupe.run("kill", "victim", "KILL").succeeds();

        troupe.endedWith("victim", 137);
        assertThat(troupe.status("victim")).isEqualTo("stopped");
        troupe.run("delete", "victim").succeeds();
    }

    @Test
    void another_signal_waits_until_it_is_resumed(Troupe troupe) {
        runPaused(troupe, "patient");

        troupe.run("kill", "patient", "HUP").succeeds();
        assertThat(troupe.status("patient")).isEqualTo("paused");
        troupe.run("kill", "--all", "patient", "KILL").succeeds();

        troupe.run("wait", "patient").succeeds();
        troupe.run("delete", "patient").succeeds();
    }

    @Test
    void a_restarted_supervisor_knows_what_is_paused(Troupe troupe) {
        runPaused(troupe, "cold");
        troupe.runDetached("warm", Bundle.sleeping(troupe.directory()));
        troupe.killSupervisor();

        assertThat(troupe.status("cold")).isEqualTo("paused");
        assertThat(troupe.status("warm")).isEqualTo("running");
        troupe.run("resume", "cold").succeeds();
        assertThat(troupe.status("cold")).isEqualTo("running");
        troupe.deleteAll();
    }

    @Test
    void a_restarted_supervisor_sees_what_was_thawed_meanwhile(Troupe troupe) {
        runPaused(troupe, "thawed");
        String file = Host.hasUnifiedCgroups()
                ? Host.cgroup(troupe.pid("thawed"), "").orElseThrow() + "/cgroup.freeze"
                : Host.cgroup(troupe.pid("thawed"), "freezer").orElseThrow() + "/freezer.state";
        troupe.killSupervisor();
        Call.of("sh", "-c", "echo " + (Host.hasUnifiedCgroups() ? "0" : "THAWED") + " > " + file)
                .run()
                .succeeds();

        assertThat(troupe.status("thawed")).isEqualTo("running");
        troupe.deleteAll();
    }
}
