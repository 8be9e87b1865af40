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

    // podman's own defaults ask for more open files than a host without CAP_SYS_RESOURCE grants, whatever the runtime.
    private static final List<String> CONTAINER_FLAGS =
            List.of("--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024");

    private Troupe troupe;
    private Path storage;

    @BeforeEach
    void import_busybox(Troupe ofClass) throws IOException {
        troupe = ofClass;
        storage = Files.createTempDirectory("troupe-podman-");
        Path root = storage.resolve("busybox");
        Bundle.makeRootFileSystem(root);
        Call.of(
                        "tar",
                        "-C",
                        root.toString(),
                        "-cf",
                        storage.resolve("busybox.tar").toString(),
                        ".")
                .run()
                .succeeds();
        podman("import", storage.resolve("busybox.tar").toString(), "busybox:test")
                .succeeds();
    }

    @AfterEach
    void remove_storage() {
        podman("rm", "--all", "--force", "--time", "0").succeeds();
        Host.awaitEndOfAllThatName(storage);
        podman("rmi", "--all", "--force").succeeds();
        Call.of("rm", "-rf", "--one-file-system", storage.toString()).run().succeeds();
        assertThat(troupe.deleteAll()).isEmpty();
        troupe.verifiesClean();
    }

    private List<String> command(String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "podman",
                "--root",
                storage.resolve("root").toString(),
                "--runroot",
                storage.resolve("run").toString(),
                "--storage-driver",
                "vfs",
                "--cgroup-manager",
                "cgroupfs",
                "--runtime",
                troupe.wrapper().toString()));
        words.addAll(List.of(arguments));
        if (List.of("run", "create").contains(arguments[0])) {
            words.addAll(words.indexOf(arguments[0]) + 1, CONTAINER_FLAGS);
        }
        return words;
    }

    private Result podman(String... arguments) {
        return new Call(command(arguments)).run();
    }

    /** On a terminal, by script(1). */
    private Result podmanOnTerminal(String... arguments) {
        return onTerminal(arguments).run();
    }

    private Call onTerminal(String... arguments) {
        String line = command(arguments).stream().map(word -> "'" + word + "'").reduce("", (a, b) -> a + " " + b);
        return Call.of("script", "--quiet", "--return", "--command", line, "/dev/null");
    }

    @Test
    void run() {
        assertThat(podman("run", "--rm", "busybox:test", "echo", "hello")
                        .succeeds()
                        .out())
                .isEqualTo("hello\n");
    }

    @Test
    void groups_of_the_caller_are_kept() {
        List<String> words = new ArrayList<>(List.of("setpriv", "--groups", "0,4242"));
        words.addAll(command("run", "--rm", "--group-add", "keep-groups", "busybox:test", "id", "-G"));

        assertThat(new Call(words).run().succeeds().out()).isEqualTo("0 4242\n");
        assertThat(podman("run", "--rm", "busybox:test", "id", "-G").succeeds().out())
                .isEqualTo("0\n");
    }

    @Test
    void exit_statuses() {
        podman("run", "--rm", "busybox:test", "sh", "-c", "exit 42").exits(42);
        podman("run", "--rm", "busybox:test", "no-such-program").exits(127);
        podman("run", "--rm", "busybox:test", "/etc/passwd").exits(126);
    }

    @Test
    void run_with_a_terminal_by_the_console_socket() {
        // conmon drops what a container writes before podman has attached: what is typed tells that it has.
        Result run = onTerminal("run", "--rm", "-it", "busybox:test", "sh", "-c", "read line; tty; exit 7")
                .reading("go\n")
                .run()
                .exits(7);

        assertThat(run.out()).contains("/dev/pts/0");
    }

    @Test
    void exec() {
        podman("run", "--detach", "--name", "box", "busybox:test", "sleep", "3600")
                .succeeds();

        assertThat(podman("exec", "box", "cat", "/proc/1/cmdline").succeeds().out())
                .startsWith("sleep");
        podman("exec", "box", "sh", "-c", "exit 9").exits(9);
        podman("exec", "box", "no-such-program").exits(127);
        assertThat(podman(
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
        assertThat(podmanOnTerminal("exec", "-it", "box", "tty").succeeds().out())
                .contains("/dev/pts/");
    }

    /** The process may be gone before anybody could look at it: podman must hear why all the same. */
    @Test
    void exec_of_what_cannot_be_run() {
        podman("run", "--detach", "--name", "box", "busybox:test", "sleep", "3600")
                .succeeds();
        for (int i = 0; i < 10; i++) {
            podman("exec", "box", "no-such-program").exits(127);
            podman("exec", "box", "/etc/passwd").exits(126);
        }
    }

    @Test
    void stop_and_kill() {
        podman("run", "--detach", "--name", "box", "busybox:test", "sleep", "3600")
                .succeeds();
        podman("stop", "--time", "1", "box").succeeds();
        assertThat(podman("inspect", "--format", "{{.State.ExitCode}}", "box")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("137");
        podman("start", "box").succeeds();
        podman("kill", "--signal", "KILL", "box").succeeds();
        assertThat(podman("wait", "box").succeeds().out().strip()).isEqualTo("137");
    }

    @Test
    void logs() {
        podman("run", "--name", "box", "busybox:test", "sh", "-c", "echo out; echo err >&2")
                .succeeds();

        Result logs = podman("logs", "box").succeeds();
        assertThat(logs.out()).isEqualTo("out\n");
        assertThat(logs.err()).isEqualTo("err\n");
    }

    @Test
    void ps_and_rm() {
        podman("run", "--detach", "--name", "box", "busybox:test", "sleep", "3600")
                .succeeds();
        assertThat(podman("ps").succeeds().out()).contains("box", "Up");
        assertThat(troupe.ids()).hasSize(1);
        podman("rm", "--force", "--time", "0", "box").succeeds();
        assertThat(troupe.ids()).isEmpty();
    }

    @Test
    void limits_and_confinement() {
        Result run = podman(
                "run",
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
                "busybox:test",
                "sh",
                "-c",
                "id -u; grep CapEff /proc/self/status; cat /proc/sys/kernel/shm_rmid_forced; echo x >/dev/xnull && echo written; touch /x 2>/dev/null || echo read-only");

        assertThat(run.succeeds().out().lines())
                .containsExactly("1000", "CapEff:\t0000000000000000", "1", "written", "read-only");
    }

    @Test
    void a_tmpfs_has_what_the_image_has_there() {
        String script = "cat /etc/passwd; ls -ld /t /etc | cut -c 1-10; touch /t/x /etc/x && echo written; ls /etc";
        Result first = podman(
                        "run",
                        "--name",
                        "box",
                        "--read-only",
                        "--tmpfs",
                        "/etc",
                        "--tmpfs",
                        "/t",
                        "busybox:test",
                        "sh",
                        "-c",
                        script)
                .succeeds();

        assertThat(first.out())
                .startsWith("root:")
                .contains("drwxrwxrwt\n", "drwxr-xr-x\n", "written\n", "passwd\n", "x\n");
        assertThat(podman("start", "--attach", "box").succeeds().out()).isEqualTo(first.out());
    }

    @Test
    void privileged() {
        assertThat(podman("run", "--rm", "--privileged", "busybox:test", "echo", "hello")
                        .succeeds()
                        .out())
                .isEqualTo("hello\n");
    }

    @Test
    void a_supervisor_that_conmon_started_has_nothing_of_it() throws IOException {
        troupe.run("supervisor", "stop").succeeds();
        podman("run", "--detach", "--name", "box", "busybox:test", "sleep", "3600")
                .succeeds();

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
        podman("run", "--detach", "--name", "box", "busybox:test", "sleep", "3600")
                .succeeds();

        troupe.killSupervisor();

        podman("exec", "box", "true").succeeds();
        podman("stop", "--time", "0", "box").succeeds();
        assertThat(podman("inspect", "--format", "{{.State.ExitCode}}", "box")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("137");
    }

    /** What podman does inside, by hand: conmon calls create, we call start and delete, conmon writes the exit file. */
    @Test
    void conmon_alone() throws Exception {
        Path place = Files.createTempDirectory(storage, "conmon-");
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
