package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** podman from Debian's packages, with this distribution as its runtime. */
@RootTest
@EnabledIf(value = "io.troupe.cli.system.Host#hasPodman", disabledReason = "podman and conmon are not installed")
class PodmanIT {
    private Troupe troupe;
    private Podman podman;

    @BeforeEach
    void import_busybox(Troupe ofClass) throws IOException {
        troupe = ofClass;
        podman = Podman.withoutJson(troupe.wrapper());
    }

    @AfterEach
    void remove_storage() {
        podman.podman("rm", "--all", "--force", "--time", "0").succeeds();
        Host.awaitEndOfAllThatName(podman.storage());
        podman.close();
        assertThat(troupe.deleteAll()).isEmpty();
        troupe.verifiesClean();
    }

    @Test
    void run() {
        assertThat(podman.run("--rm", Podman.IMAGE, "echo", "hello").succeeds().out())
                .isEqualTo("hello\n");
    }

    @Test
    void groups_of_the_caller_are_kept() {
        List<String> words = new ArrayList<>(List.of("setpriv", "--groups", "0,4242"));
        words.addAll(podman.words(Podman.running("--rm", "--group-add", "keep-groups", Podman.IMAGE, "id", "-G")));

        assertThat(new Call(words).run().succeeds().out()).isEqualTo("0 4242\n");
        assertThat(podman.run("--rm", Podman.IMAGE, "id", "-G").succeeds().out())
                .isEqualTo("0\n");
    }

    @Test
    void exit_statuses() {
        podman.run("--rm", Podman.IMAGE, "sh", "-c", "exit 42").exits(42);
        assertThat(podman.run("--rm", Podman.IMAGE, "no-such-program")
                        .exits(127)
                        .err())
                .contains("exec: \"no-such-program\": executable file not found in $PATH");
        assertThat(podman.run("--rm", Podman.IMAGE, "/bin/no-such-program")
                        .exits(127)
                        .err())
                .contains("exec: \"/bin/no-such-program\": no such file or directory");
        assertThat(podman.run("--rm", Podman.IMAGE, "/etc/passwd").exits(126).err())
                .contains("exec: \"/etc/passwd\": permission denied");
        assertThat(podman.run("--rm", "--volume", "/no/such/place:/mnt", Podman.IMAGE, "true")
                        .exits(125)
                        .err())
                .contains("/no/such/place");
    }

    @Test
    void run_with_a_terminal_by_the_console_socket() {
        // conmon drops what a container writes before podman has attached: what is typed tells that it has.
        Result run = podman.onTerminal(
                        Podman.running("--rm", "-it", Podman.IMAGE, "sh", "-c", "read line; tty; exit 7"))
                .reading("go\n")
                .run()
                .exits(7);

        assertThat(run.out()).contains("/dev/pts/0");
    }

    @Test
    void exec() {
        podman.detached("box", "sleep", "3600");

        assertThat(podman.podman("exec", "box", "cat", "/proc/1/cmdline")
                        .succeeds()
                        .out())
                .startsWith("sleep");
        podman.podman("exec", "box", "sh", "-c", "exit 9").exits(9);
        podman.podman("exec", "box", "no-such-program").exits(127);
        assertThat(podman.podman(
                                "exec",
                                "--user",
                                "7:8",
                                "--workdir",
                                "/etc",
                                "--env",
                                "A=b",
                                "box",
                                "sh",
                                "-c",
                                "id -u; pwd; echo $A")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("7", "/etc", "b");
        assertThat(podman.onTerminal("exec", "-it", "box", "tty")
                        .run()
                        .succeeds()
                        .out())
                .contains("/dev/pts/");
    }

    /** The process may be gone before anybody could look at it: podman must hear why all the same. */
    @Test
    void exec_of_what_cannot_be_run() {
        podman.detached("box", "sleep", "3600");
        for (int i = 0; i < 10; i++) {
            assertThat(podman.podman("exec", "box", "no-such-program")
                            .exits(127)
                            .err())
                    .contains("exec: \"no-such-program\": executable file not found in $PATH");
            assertThat(podman.podman("exec", "box", "/etc/passwd").exits(126).err())
                    .contains("exec: \"/etc/passwd\": permission denied");
        }
    }

    @Test
    void stop_and_kill() {
        podman.detached("box", "sleep", "3600");
        podman.podman("stop", "--time", "1", "box").succeeds();
        assertThat(podman.inspect("box", ".State.ExitCode")).isEqualTo("137");
        podman.podman("start", "box").succeeds();
        podman.podman("kill", "--signal", "KILL", "box").succeeds();
        assertThat(podman.podman("wait", "box").succeeds().out().strip()).isEqualTo("137");
    }

    @Test
    void logs() {
        podman.run("--name", "box", Podman.IMAGE, "sh", "-c", "echo out; echo err >&2")
                .succeeds();

        Result logs = podman.podman("logs", "box").succeeds();
        assertThat(logs.out()).isEqualTo("out\n");
        assertThat(logs.err()).isEqualTo("err\n");
    }

    @Test
    void ps_and_rm() {
        podman.detached("box", "sleep", "3600");
        assertThat(podman.podman("ps").succeeds().out()).contains("box", "Up");
        assertThat(troupe.ids()).hasSize(1);
        podman.podman("rm", "--force", "--time", "0", "box").succeeds();
        assertThat(troupe.ids()).isEmpty();
    }

    @Test
    void limits_and_confinement() {
        Result run = podman.run(
                "--rm",
                "--memory",
                "64m",
                "--pids-limit",
                "50",
                "--cpus",
                "0.5",
                "--read-only",
                "--tmpfs",
                "/t:size=1m",
                "--volume",
                "/tmp:/mnt:ro",
                "--device",
                "/dev/null:/dev/xnull",
                "--user",
                "1000:1000",
                "--cap-drop",
                "all",
                "--sysctl",
                "kernel.shm_rmid_forced=1",
                Podman.IMAGE,
                "sh",
                "-c",
                "id -u; grep CapEff /proc/self/status; cat /proc/sys/kernel/shm_rmid_forced; echo x >/dev/xnull && echo written; touch /x 2>/dev/null || echo read-only");

        assertThat(run.succeeds().out().lines())
                .containsExactly("1000", "CapEff:\t0000000000000000", "1", "written", "read-only");
    }

    @Test
    void a_tmpfs_has_what_the_image_has_there() {
        String script = "cat /etc/passwd; ls -ld /t /etc | cut -c 1-10; touch /t/x /etc/x && echo written; ls /etc";
        Result first = podman.run(
                        "--name",
                        "box",
                        "--read-only",
                        "--tmpfs",
                        "/etc",
                        "--tmpfs",
                        "/t",
                        Podman.IMAGE,
                        "sh",
                        "-c",
                        script)
                .succeeds();

        assertThat(first.out())
                .startsWith("root:")
                .contains("drwxrwxrwt\n", "drwxr-xr-x\n", "written\n", "passwd\n", "x\n");
        assertThat(podman.podman("start", "--attach", "box").succeeds().out()).isEqualTo(first.out());
    }

    @Test
    void privileged() {
        assertThat(podman.run("--rm", "--privileged", Podman.IMAGE, "echo", "hello")
                        .succeeds()
                        .out())
                .isEqualTo("hello\n");
    }

    @Test
    void a_supervisor_that_conmon_started_has_nothing_of_it() throws IOException {
        troupe.run("supervisor", "stop").succeeds();
        podman.detached("box", "sleep", "3600");

        Path process = Path.of("/proc", Integer.toString(troupe.supervisorPid()));
        assertThat(Host.text(process.resolve("cgroup"))).doesNotContain("libpod");
        assertThat(Host.text(process.resolve("environ"))).doesNotContain("_OCI_");
        for (String standard : List.of("fd/0", "fd/1")) {
            assertThat(Files.readSymbolicLink(process.resolve(standard))).isEqualTo(Path.of("/dev/null"));
        }
        assertThat(Host.text(process.resolve("oom_score_adj")).strip())
                .isEqualTo(Host.text(Path.of("/proc/self/oom_score_adj")).strip());
    }

    @Test
    void a_killed_supervisor_is_nothing_to_podman() {
        podman.detached("box", "sleep", "3600");

        troupe.killSupervisor();

        podman.podman("exec", "box", "true").succeeds();
        podman.podman("stop", "--time", "0", "box").succeeds();
        assertThat(podman.inspect("box", ".State.ExitCode")).isEqualTo("137");
    }

    /** What podman does inside, by hand: conmon calls create, we call start and delete, conmon writes the exit file. */
    @Test
    void conmon_alone() throws Exception {
        Path place = Files.createTempDirectory(podman.storage(), "conmon-");
        Bundle bundle = Bundle.shell(place, "echo from conmon; exit 5");
        Path exits = Files.createDirectory(place.resolve("exits"));
        Path pid = place.resolve("pid");
        Path log = place.resolve("log");
        try (var watch = exits.getFileSystem().newWatchService()) {
            for (Path directory : List.of(place, exits)) {
                directory.register(
                        watch,
                        java.nio.file.StandardWatchEventKinds.ENTRY_CREATE,
                        java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY);
            }
            Call.of(
                            "conmon",
                            "--api-version",
                            "1",
                            "--full-attach",
                            "--cid",
                            "conmoned",
                            "--cuuid",
                            "conmoned",
                            "--name",
                            "conmoned",
                            "--runtime",
                            troupe.wrapper().toString(),
                            "--bundle",
                            bundle.path().toString(),
                            "--container-pidfile",
                            pid.toString(),
                            "--exit-dir",
                            exits.toString(),
                            "--log-path",
                            "k8s-file:" + log)
                    .run()
                    .succeeds();
            await(watch, pid);
            troupe.run("start", "conmoned").succeeds();
            await(watch, exits.resolve("conmoned"));
        }
        troupe.endedWith("conmoned", 5);
        troupe.run("delete", "conmoned").succeeds();
        assertThat(Host.text(exits.resolve("conmoned"))).isEqualTo("5");
        assertThat(Host.text(log)).endsWith("stdout F from conmon");
    }

    private static void await(java.nio.file.WatchService watch, Path file) throws Exception {
        while (!Files.exists(file) || Files.size(file) == 0) {
            var key = watch.poll(Call.DEADLINE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
            assertThat(key).as("waiting for " + file).isNotNull();
            key.pollEvents();
            key.reset();
        }
    }
}
