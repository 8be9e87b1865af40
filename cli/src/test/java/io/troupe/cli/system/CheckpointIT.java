package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.supervisor.failpoint.Failpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** checkpoint and restore, with the criu of $PATH: skipped in its own words where it cannot work. */
@RootTest
class CheckpointIT {
    /** Counts in a file of its own, and ends with 7 once it is told to. */
    private static final String COUNTER =
            "i=0; while [ ! -e /stop ]; do i=$((i+1)); echo $i >/count; sleep 0.02; done; exit 7";

    @BeforeAll
    static void criu_can_work_here() {
        Result check = Call.of(
                        "sh", "-c", "command -v criu >/dev/null || { echo criu is not installed; exit 1; }; criu check")
                .run();
        if (check.exit() != 0) {
            System.err.println("Tests of checkpoints are skipped: " + check.out() + check.err());
        }
        Assumptions.assumeTrue(check.exit() == 0, "criu check: " + check.out() + check.err());
    }

    /** Images must be able to say where the standard streams go: not to files that tests delete. */
    private static Result quietly(Troupe troupe, String... words) {
        List<String> line = new ArrayList<>(
                List.of("sh", "-c", "exec \"$@\" </dev/null >/dev/null", "sh", Troupe.BINARY.toString()));
        line.addAll(List.of(words));
        return new Call(line).with(troupe.environment()).run();
    }

    private static Bundle count(Troupe troupe, String id) {
        Bundle bundle = Bundle.shell(troupe.directory(), COUNTER).set("/root/readonly", "false");
        start(troupe, id, bundle);
        awaitCount(bundle, 3);
        return bundle;
    }

    private static void start(Troupe troupe, String id, Bundle bundle) {
        new Call(List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" run --detach --bundle \"$1\" \"$2\" </dev/null >/dev/null 2>&1",
                        Troupe.BINARY.toString(),
                        bundle.path().toString(),
                        id))
                .with(troupe.environment())
                .run()
                .succeeds();
    }

    private static int counted(Bundle bundle) {
        String text = Host.text(bundle.path().resolve("rootfs/count")).strip();
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    private static void awaitCount(Bundle bundle, int atLeast) {
        Path count = bundle.path().resolve("rootfs/count");
        Call.of(
                        "sh",
                        "-c",
                        "until [ -e " + count + " ] && [ \"0$(cat " + count + ")\" -ge " + atLeast
                                + " ]; do sleep 0.02; done")
                .run()
                .succeeds();
    }

    private static Path images(Troupe troupe, String id) {
        return troupe.directory().resolve("images-" + id);
    }

    private static Result restore(Troupe troupe, String id, Bundle bundle, Path images) {
        return quietly(
                troupe,
                "restore",
                "--detach",
                "--bundle",
                bundle.path().toString(),
                "--image-path",
                images.toString(),
                id);
    }

    private static void end(Troupe troupe, String id, Bundle bundle) throws IOException {
        Files.createFile(bundle.path().resolve("rootfs/stop"));
        troupe.endedWith(id, 7);
        troupe.run("delete", id).succeeds();
        troupe.verifiesClean();
    }

    @Test
    void a_container_goes_on_from_where_it_was(Troupe troupe) throws IOException {
        Bundle bundle = count(troupe, "again");

        troupe.run("checkpoint", "--image-path", images(troupe, "again").toString(), "again")
                .succeeds();

        int then = counted(bundle);
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
        Path pidFile = troupe.directory().resolve("again.pid");
        quietly(
                        troupe,
                        "restore",
                        "--detach",
                        "--bundle",
                        bundle.path().toString(),
                        "--image-path",
                        images(troupe, "again").toString(),
                        "--pid-file",
                        pidFile.toString(),
                        "again")
                .succeeds();
        assertThat(troupe.status("again")).isEqualTo("running");
        assertThat(Host.text(pidFile)).isEqualTo(Integer.toString(troupe.pid("again")));
        awaitCount(bundle, then + 1);
        assertThat(counted(bundle)).isBetween(then + 1, then + 5_000);
        assertThat(troupe.run("exec", "again", "sh", "-c", "cat /proc/1/comm; cat /sys/class/net/lo/flags")
                        .succeeds()
                        .out())
                .isEqualTo("sh\n0x9\n");
        assertThat(troupe.run("why", "again").succeeds().out())
                .contains("again is running, as uid 0 asked (restore)", "its processes were restored from");
        end(troupe, "again", bundle);
    }

    @Test
    void history_tells_why_its_process_was_killed(Troupe troupe) {
        count(troupe, "told");

        troupe.run("checkpoint", "--image-path", images(troupe, "told").toString(), "told")
                .succeeds();

        assertThat(troupe.run("history", "told").succeeds().out())
                .contains("checkpointed", "were written to " + images(troupe, "told") + ", and end")
                .contains("was killed by SIGKILL [because of 5]");
    }

    @Test
    void it_may_run_on(Troupe troupe) throws IOException {
        Bundle bundle = count(troupe, "on");
        int pid = troupe.pid("on");

        troupe.run(
                        "checkpoint",
                        "--leave-running",
                        "--image-path",
                        images(troupe, "on").toString(),
                        "on")
                .succeeds();

        assertThat(troupe.pid("on")).isEqualTo(pid);
        awaitCount(bundle, counted(bundle) + 2);
        end(troupe, "on", bundle);
    }

    @Test
    void another_id_takes_its_place_and_its_exit_status_is_the_callers(Troupe troupe) throws IOException {
        Bundle bundle = count(troupe, "first");
        Path work = troupe.directory().resolve("work");
        troupe.run(
                        "checkpoint",
                        "--image-path",
                        images(troupe, "first").toString(),
                        "--work-path",
                        work.toString(),
                        "first")
                .succeeds();
        assertThat(work.resolve("dump.log")).exists();
        int then = counted(bundle);

        var foreground = troupe.call(
                        "restore",
                        "--bundle",
                        bundle.path().toString(),
                        "--image-path",
                        images(troupe, "first").toString(),
                        "second")
                .start();
        awaitCount(bundle, then + 2);
        assertThat(troupe.ids()).containsExactly("second");
        Files.createFile(bundle.path().resolve("rootfs/stop"));

        foreground.await().exits(7);
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
    }

    @Test
    void what_comes_first_is_its_memory_alone(Troupe troupe) throws IOException {
        Assumptions.assumeTrue(
                Call.of("criu", "check", "--feature", "mem_dirty_track").run().exit() == 0,
                "this kernel does not track changes of memory");
        Bundle bundle = count(troupe, "parts");
        Path before = troupe.directory().resolve("before");

        troupe.run("checkpoint", "--pre-dump", "--image-path", before.toString(), "parts")
                .succeeds();
        assertThat(troupe.status("parts")).isEqualTo("running");
        troupe.run(
                        "checkpoint",
                        "--parent-path",
                        "../before",
                        "--image-path",
                        images(troupe, "parts").toString(),
                        "parts")
                .succeeds();

        assertThat(images(troupe, "parts").resolve("parent")).isSymbolicLink();
        restore(troupe, "parts", bundle, images(troupe, "parts")).succeeds();
        end(troupe, "parts", bundle);
    }

    @Test
    void memory_that_is_not_tracked_is_told(Troupe troupe) throws IOException {
        Assumptions.assumeTrue(
                Call.of("criu", "check", "--feature", "mem_dirty_track").run().exit() != 0,
                "this kernel tracks changes of memory");
        Bundle bundle = count(troupe, "untracked");

        assertThat(troupe.run(
                                "checkpoint",
                                "--pre-dump",
                                "--image-path",
                                images(troupe, "untracked").toString(),
                                "untracked")
                        .failsWithOneLine()
                        .err())
                .contains("the kernel does not track changes of memory");
        end(troupe, "untracked", bundle);
    }

    @Test
    void what_was_paused_is_written_and_stays_paused(Troupe troupe) throws IOException {
        Bundle bundle = count(troupe, "cold");
        troupe.run("pause", "cold").succeeds();

        troupe.run(
                        "checkpoint",
                        "--leave-running",
                        "--image-path",
                        images(troupe, "cold").toString(),
                        "cold")
                .succeeds();

        assertThat(troupe.status("cold")).isEqualTo("paused");
        troupe.run("resume", "cold").succeeds();
        end(troupe, "cold", bundle);
    }

    @Test
    void mounts_and_pipes_of_the_host_come_back(Troupe troupe) throws IOException {
        Path shared = Files.createDirectory(troupe.directory().resolve("shared"));
        Bundle bundle = Bundle.shell(
                        troupe.directory(), "until [ -e /shared/stop ]; do sleep 0.02; done; cat /shared/stop; exit 7")
                .add(
                        "/mounts",
                        "{\"destination\": \"/shared\", \"type\": \"bind\", \"source\": \"" + shared
                                + "\", \"options\": [\"rbind\"]}");
        String run = "\"$0\" run --detach --bundle " + bundle.path() + " piped </dev/null 2>/dev/null | cat";
        var first = new Call(List.of("sh", "-c", run, Troupe.BINARY.toString()))
                .with(troupe.environment())
                .start();
        awaitRunning(troupe, "piped");

        troupe.run("checkpoint", "--image-path", images(troupe, "piped").toString(), "piped")
                .succeeds();
        first.await().succeeds();
        Files.writeString(shared.resolve("stop"), "the end\n");
        Result second = new Call(List.of(
                        "sh",
                        "-c",
                        "\"$0\" restore --bundle " + bundle.path() + " --image-path " + images(troupe, "piped")
                                + " piped </dev/null | cat",
                        Troupe.BINARY.toString()))
                .with(troupe.environment())
                .run();

        assertThat(second.out()).isEqualTo("the end\n");
        assertThat(troupe.ids()).isEmpty();
    }

    private static void awaitRunning(Troupe troupe, String id) {
        new Call(List.of(
                        "sh",
                        "-c",
                        "until \"$0\" state " + id + " 2>/dev/null | grep -q running; do sleep 0.05; done",
                        Troupe.BINARY.toString()))
                .with(troupe.environment())
                .run()
                .succeeds();
    }

    @Test
    void a_terminal_of_the_callers_needs_a_word(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        var shell = Call.of(
                        "script",
                        "--quiet",
                        "--command",
                        Troupe.BINARY + " run --bundle " + bundle.path() + " tty",
                        "/dev/null")
                .with(troupe.environment())
                .start();
        awaitRunning(troupe, "tty");
        int pid = troupe.pid("tty");

        String line = troupe.run(
                        "checkpoint", "--image-path", images(troupe, "tty").toString(), "tty")
                .failsWithOneLine()
                .err();

        assertThat(line)
                .contains(
                        "cannot checkpoint: CRIU: ",
                        "See " + images(troupe, "tty").resolve("dump.log"));
        assertThat(troupe.status("tty")).isEqualTo("running");
        assertThat(troupe.pid("tty")).isEqualTo(pid);
        troupe.run("exec", "tty", "true").succeeds();
        troupe.run("delete", "--force", "tty").succeeds();
        shell.await();
        troupe.verifiesClean();
    }

    @Test
    void a_restore_that_fails_leaves_nothing(Troupe troupe) throws IOException {
        Bundle bundle = count(troupe, "broken");
        Path images = images(troupe, "broken");
        troupe.run("checkpoint", "--image-path", images.toString(), "broken").succeeds();
        Files.delete(images.resolve("core-1.img"));

        String line =
                restore(troupe, "broken", bundle, images).failsWithOneLine().err();

        assertThat(line).contains("cannot restore: CRIU: ", "See " + images.resolve("restore.log"));
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
        assertThat(Host.text(Path.of("/proc/mounts")))
                .doesNotContain(bundle.path().toString());
    }

    @Test
    void what_does_not_fit_is_refused(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.run("create", "--bundle", bundle.path().toString(), "early").succeeds();

        assertThat(troupe.run("checkpoint", "early").failsWithOneLine().err())
                .contains("cannot checkpoint: its program does not run");
        assertThat(troupe.run("checkpoint", "nobody").failsWithOneLine().err()).contains("it does not exist");
        assertThat(troupe.run(
                                "restore",
                                "--image-path",
                                "/nowhere",
                                "--bundle",
                                bundle.path().toString(),
                                "late")
                        .failsWithOneLine()
                        .err())
                .contains("--image-path /nowhere: it has no descriptors.json");
        troupe.run("delete", "--force", "early").succeeds();
    }

    @Test
    void without_criu_it_says_so(Troupe troupe) throws IOException {
        Bundle bundle = count(troupe, "alone");

        assertThat(troupe.call(
                                "checkpoint",
                                "--image-path",
                                images(troupe, "alone").toString(),
                                "alone")
                        .with("PATH", "/nowhere")
                        .run()
                        .failsWithOneLine()
                        .err())
                .contains("cannot checkpoint: exec: \"criu\": executable file not found in $PATH. Install CRIU");
        end(troupe, "alone", bundle);
    }

    /** Wherever the supervisor dies, a container that was to be written is whole, and its record says what is so. */
    @ParameterizedTest
    @EnumSource(value = Failpoint.class, names = "(CHECKPOINT|RESTORE)_.*", mode = EnumSource.Mode.MATCH_ANY)
    void the_supervisor_dies_at(Failpoint point) {
        dieAt(point, point.name());
    }

    @ParameterizedTest
    @EnumSource(value = Failpoint.class, names = "(CHECKPOINT|RESTORE)_.*", mode = EnumSource.Mode.MATCH_ANY)
    void the_client_dies_at(Failpoint point) {
        dieAt(point, point.name() + ":client");
    }

    private static void dieAt(Failpoint point, String armed) {
        try (Troupe troupe = new Troupe()) {
            Bundle bundle = count(troupe, "victim");
            Path images = images(troupe, "victim");
            boolean restores = point.name().startsWith("RESTORE_");
            if (restores) {
                troupe.run("checkpoint", "--image-path", images.toString(), "victim")
                        .succeeds();
            }
            troupe.restartWith("-D" + Failpoint.PROPERTY + "=" + armed);
            if (restores) {
                restore(troupe, "victim", bundle, images);
            } else {
                troupe.run("checkpoint", "--image-path", images.toString(), "victim");
            }
            troupe.withoutOptions();
            troupe.run("supervisor", "stop").succeeds();
            troupe.verifiesClean();
            if (troupe.ids().contains("victim")) {
                assertThat(troupe.status("victim")).as(armed).isIn("running", "stopped");
                troupe.run("delete", "--force", "victim").succeeds();
            }
            troupe.verifiesClean();
        }
    }
}
