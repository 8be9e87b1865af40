package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** docker from Debian's packages, with this distribution as a runtime of its dockerd. */
@RootTest
@EnabledIf(value = "io.troupe.cli.system.Host#hasDocker", disabledReason = "dockerd and docker are not installed")
class DockerIT {
    private Troupe troupe;
    private Path directory;
    private Docker docker;

    @BeforeEach
    void start(Troupe ofClass) throws IOException, InterruptedException {
        troupe = ofClass;
        directory = Files.createTempDirectory("troupe-docker-");
        docker = new Docker(directory, troupe.wrapper());
        Path root = directory.resolve("busybox");
        Bundle.makeRootFileSystem(root);
        docker.importImage(root);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (docker != null) {
            try (var ours = docker) {
                for (String id : ours.docker("ps", "--all", "--quiet")
                        .succeeds()
                        .out()
                        .lines()
                        .toList()) {
                    ours.docker("rm", "--force", id).succeeds();
                }
            }
        }
        Call.of("rm", "-rf", "--one-file-system", directory.toString()).run().succeeds();
        troupe.verifiesClean();
    }

    private void detached(String name) {
        docker.run("--detach", "--name", name, Docker.IMAGE, "sleep", "3600").succeeds();
    }

    @Test
    void run_and_its_exit_statuses() {
        assertThat(docker.run("--rm", Docker.IMAGE, "echo", "hello").succeeds().out())
                .isEqualTo("hello\n");
        docker.run("--rm", Docker.IMAGE, "sh", "-c", "exit 42").exits(42);
        assertThat(docker.run("--rm", Docker.IMAGE, "no-such-program")
                        .exits(127)
                        .err())
                .contains("exec: \"no-such-program\": executable file not found in $PATH");
        assertThat(docker.run("--rm", Docker.IMAGE, "/etc/passwd").exits(126).err())
                .contains("exec: \"/etc/passwd\": permission denied");
        assertThat(docker.runOnTerminal("--rm", "--interactive", "--tty", Docker.IMAGE, "sh", "-c", "tty; exit 5")
                        .exits(5)
                        .out())
                .contains("/dev/pts/0");
    }

    @Test
    void exec_and_cp() {
        detached("box");

        assertThat(docker.docker("exec", "box", "cat", "/proc/1/cmdline")
                        .succeeds()
                        .out())
                .startsWith("sleep");
        docker.docker("exec", "box", "sh", "-c", "exit 9").exits(9);
        // Whatever the runtime, runc too: docker knows one status for an exec that fails.
        docker.docker("exec", "box", "no-such-program").exits(126);
        assertThat(docker.docker(
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
        docker.docker("cp", "box:/etc/passwd", directory.resolve("passwd").toString())
                .succeeds();
        assertThat(directory.resolve("passwd")).content().startsWith("root:");
    }

    @Test
    void stop_restart_kill_logs_and_rm() {
        docker.run("--detach", "--name", "box", Docker.IMAGE, "sh", "-c", "echo up; sleep 3600")
                .succeeds();
        docker.docker("restart", "--time", "0", "box").succeeds();
        docker.docker("stop", "--time", "0", "box").succeeds();
        assertThat(docker.inspect("box", ".State.ExitCode")).isEqualTo("137");
        assertThat(docker.docker("logs", "box").succeeds().out()).isEqualTo("up\nup\n");

        docker.docker("start", "box").succeeds();
        docker.docker("kill", "--signal", "KILL", "box").succeeds();
        assertThat(docker.docker("wait", "box").succeeds().out().strip()).isEqualTo("137");
        docker.docker("rm", "--force", "box").succeeds();
        docker.docker("inspect", "box").exits(1);
    }

    @Test
    void attach_pause_and_top() {
        docker.run(
                        "--detach",
                        "--interactive",
                        "--name",
                        "box",
                        Docker.IMAGE,
                        "sh",
                        "-c",
                        "read x; echo got $x; exit 4")
                .succeeds();
        assertThat(docker.docker("top", "box").succeeds().out()).contains("read x");
        docker.docker("pause", "box").succeeds();
        assertThat(docker.inspect("box", ".State.Status")).isEqualTo("paused");
        docker.docker("exec", "box", "true").exits(1);
        docker.docker("unpause", "box").succeeds();

        docker.call("attach", "box").reading("hello\n").run().exits(4);
        assertThat(docker.docker("logs", "box").succeeds().out()).isEqualTo("got hello\n");
    }

    @Test
    void stats_and_update() {
        detached("box");
        assertThat(docker.docker("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "box")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("box 1");
        assumeFalse(Host.hasUnifiedCgroups(), "the files are those of version 1");

        docker.docker("update", "--memory", "64m", "--memory-swap", "64m", "--pids-limit", "33", "box")
                .succeeds();

        int pid = Integer.parseInt(docker.inspect("box", ".State.Pid"));
        assertThat(Host.text(Host.cgroup(pid, "memory").orElseThrow().resolve("memory.limit_in_bytes")))
                .isEqualTo("67108864");
        assertThat(Host.text(Host.cgroup(pid, "pids").orElseThrow().resolve("pids.max")))
                .isEqualTo("33");
    }

    @Test
    void healthchecks() {
        docker.run(
                        "--detach",
                        "--name",
                        "box",
                        "--health-cmd",
                        "test -e /tmp/well || touch /tmp/well",
                        "--health-interval",
                        "1s",
                        Docker.IMAGE,
                        "sh",
                        "-c",
                        "until test -e /tmp/well; do sleep 0.1; done")
                .succeeds();

        assertThat(docker.docker("wait", "box").succeeds().out().strip()).isEqualTo("0");
    }

    @Test
    void init() {
        Result run = docker.run("--rm", "--init", Docker.IMAGE, "cat", "/proc/1/comm");
        assumeTrue(run.exit() == 0 || !run.err().contains("docker-init"), "docker-init is not installed");

        assertThat(run.succeeds().out()).isEqualTo("docker-init\n");
    }

    @Test
    void limits_and_confinement() {
        Result run = docker.run(
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
                "--security-opt",
                "no-new-privileges",
                Docker.IMAGE,
                "sh",
                "-c",
                "id -u; grep -E 'CapEff|NoNew' /proc/self/status; echo x >/dev/xnull && echo written; touch /x"
                        + " 2>/dev/null || echo read-only; touch /t/x && echo tmpfs");

        assertThat(run.succeeds().out().lines())
                .containsExactly(
                        "1000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1", "written", "read-only", "tmpfs");
    }

    @Test
    void a_killed_supervisor_is_nothing_to_docker() {
        detached("survivor");

        troupe.killSupervisor();

        docker.docker("exec", "survivor", "true").succeeds();
        docker.docker("stop", "--time", "0", "survivor").succeeds();
        assertThat(docker.inspect("survivor", ".State.ExitCode")).isEqualTo("137");
    }
}
