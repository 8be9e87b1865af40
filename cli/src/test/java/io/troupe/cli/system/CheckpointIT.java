package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** checkpoint and restore, with the criu of $PATH: skipped in its own words where it cannot work. */
@RootTest
class CheckpointIT {

    @BeforeAll
    static void criu_can_work_here() {
        Criu.assumeItWorks();
    }

    @Test
    void a_container_goes_on_from_where_it_was(Troupe troupe) {
        Counter counter = Counter.started(troupe, "again");

        counter.checkpoint().succeeds();

        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
        Path pidFile = troupe.directory().resolve("again.pid");
        counter.restore("--pid-file", pidFile.toString()).succeeds();
        assertThat(troupe.status("again")).isEqualTo("running");
        assertThat(Host.text(pidFile)).isEqualTo(Integer.toString(troupe.pid("again")));
        counter.isAt(2);
        assertThat(troupe.run("exec", "again", "sh", "-c", "cat /proc/1/comm; cat /sys/class/net/lo/flags")
                        .succeeds()
                        .out())
                .isEqualTo("sh\n0x9\n");
        assertThat(troupe.run("why", "again").succeeds().out())
                .contains("again is running, as uid 0 asked (restore)", "its processes were restored from");
        counter.end();
    }

    @Test
    void history_tells_why_its_process_was_killed(Troupe troupe) {
        Counter counter = Counter.started(troupe, "told");

        counter.checkpoint().succeeds();

        assertThat(troupe.run("history", "told").succeeds().out())
                .contains("checkpointed", "were written to " + counter.images() + ", and end")
                .contains("was killed by SIGKILL [because of 5]");
    }

    @Test
    void it_may_run_on(Troupe troupe) {
        Counter counter = Counter.started(troupe, "on");
        int pid = troupe.pid("on");

        counter.checkpoint("--leave-running").succeeds();

        assertThat(troupe.pid("on")).isEqualTo(pid);
        counter.isAt(2);
        counter.end();
    }

    @Test
    void another_id_takes_its_place_and_its_exit_status_is_the_callers(Troupe troupe) {
        Counter counter = Counter.started(troupe, "first");
        Path work = troupe.directory().resolve("work");
        counter.checkpoint("--work-path", work.toString()).succeeds();
        assertThat(work.resolve("dump.log")).exists();

        var foreground = troupe.call(
                        "restore",
                        "--bundle",
                        counter.bundle().path().toString(),
                        "--image-path",
                        counter.images().toString(),
                        "second")
                .start();
        counter.isAt(2);
        assertThat(troupe.ids()).containsExactly("second");
        counter.stop();

        foreground.await().exits(7);
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
    }

    @Test
    void what_was_paused_is_written_and_stays_paused(Troupe troupe) {
        Counter counter = Counter.started(troupe, "cold");
        troupe.run("pause", "cold").succeeds();

        counter.checkpoint("--leave-running").succeeds();

        assertThat(troupe.status("cold")).isEqualTo("paused");
        troupe.run("resume", "cold").succeeds();
        counter.end();
    }

    @Test
    void a_restore_that_fails_leaves_nothing(Troupe troupe) throws IOException {
        Counter counter = Counter.started(troupe, "broken");
        counter.checkpoint().succeeds();
        Files.delete(counter.images().resolve("core-1.img"));

        String line = counter.restore().failsWithOneLine().err();

        assertThat(line)
                .contains("cannot restore: CRIU: ", "See " + counter.images().resolve("restore.log"));
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
        assertThat(Host.text(Path.of("/proc/mounts")))
                .doesNotContain(counter.bundle().path().toString());
    }

    @Test
    void what_does_not_fit_is_refused(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.run("create", "--bundle", bundle.path().toString(), "early").succeeds();

        assertThat(troupe.run("checkpoint", "early").failsWithOneLine().err())
                .contains("cannot checkpoint: its program does not run");
        assertThat(troupe.run("checkpoint", "nobody").failsWithOneLine().err()).contains("it does not exist");
        assertThat(Criu.restore(troupe, "late", bundle, Path.of("/nowhere"))
                        .failsWithOneLine()
                        .err())
                .contains("--image-path /nowhere: it has no descriptors.json");
        troupe.run("delete", "--force", "early").succeeds();
    }

    @Test
    void without_criu_it_says_so(Troupe troupe) {
        Counter counter = Counter.started(troupe, "alone");

        assertThat(Criu.call(troupe, "checkpoint", counter.images(), new String[0], "alone")
                        .with("PATH", "/nowhere")
                        .run()
                        .failsWithOneLine()
                        .err())
                .contains("cannot checkpoint: exec: \"criu\": executable file not found in $PATH. Install CRIU");
        counter.end();
    }
}
