package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What people do with containers that podman keeps: restart, attach, copy, look, group them in pods. */
@RootTest
@EnabledIf(value = "io.troupe.cli.system.Host#hasPodman", disabledReason = "podman and conmon are not installed")
class PodmanLivesIT {
    private Troupe troupe;
    private Podman podman;

    @BeforeEach
    void start(Troupe ofClass) throws IOException {
        troupe = ofClass;
        // A supervisor that conmon starts becomes conmon's child (README.md, "Under podman").
        troupe.run("supervisor", "start").succeeds();
        podman = new Podman(troupe.wrapper());
    }

    @AfterEach
    void stop() {
        podman.close();
        assertThat(troupe.deleteAll()).isEmpty();
        troupe.verifiesClean();
    }

    @Test
    void restart_kill_and_start_again() {
        podman.detached("box", "sh", "-c", "echo up; exec sleep 3600");
        podman.podman("restart", "--time", "0", "box").succeeds();
        assertThat(podman.podman("logs", "box").succeeds().out()).isEqualTo("up\nup\n");

        podman.podman("kill", "--signal", "KILL", "box").succeeds();
        assertThat(podman.podman("wait", "box").succeeds().out().strip()).isEqualTo("137");
        podman.podman("start", "box").succeeds();
        assertThat(podman.inspect("box", ".State.Status")).isEqualTo("running");
        podman.podman("rm", "--force", "--time", "0", "box").succeeds();
    }

    @Test
    void attach() {
        podman.run(
                        "--detach",
                        "--interactive",
                        "--name",
                        "box",
                        Podman.IMAGE,
                        "sh",
                        "-c",
                        "read x; echo got $x; exit 4")
                .succeeds();

        assertThat(podman.call("attach", "box").reading("hello\n").run().out()).startsWith("got hello");
        assertThat(podman.podman("wait", "box").succeeds().out().strip()).isEqualTo("4");
    }

    @Test
    void top_stats_and_cp() throws IOException {
        podman.detached("box", "sleep", "3600");
        Path file = Files.writeString(podman.storage().resolve("file"), "text\n");

        assertThat(podman.podman("top", "box").succeeds().out()).contains("sleep 3600");
        assertThat(podman.podman("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "box")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("box 1");
        podman.podman("cp", file.toString(), "box:/tmp/file").succeeds();
        assertThat(podman.podman("exec", "box", "cat", "/tmp/file").succeeds().out())
                .isEqualTo("text\n");
        podman.podman("cp", "box:/etc/passwd", file.toString()).succeeds();
        assertThat(file).content().startsWith("root:");
    }

    @Test
    void pause_and_unpause() {
        podman.detached("box", "sleep", "3600");

        podman.podman("pause", "box").succeeds();
        assertThat(podman.inspect("box", ".State.Status")).isEqualTo("paused");
        podman.podman("exec", "box", "true").exits(255);
        podman.podman("unpause", "box").succeeds();
        assertThat(podman.inspect("box", ".State.Status")).isEqualTo("running");
        podman.podman("exec", "box", "true").succeeds();
        podman.podman("pause", "box").succeeds();
        podman.podman("rm", "--force", "--time", "0", "box").succeeds();
    }

    @Test
    void update() {
        podman.detached("box", "sleep", "3600");

        podman.podman("update", "--memory", "64m", "--cpus", "0.5", "box").succeeds();

        int pid = Integer.parseInt(podman.inspect("box", ".State.Pid"));
        boolean unified = Host.hasUnifiedCgroups();
        assertThat(limit(pid, "memory", unified ? "memory.max" : "memory.limit_in_bytes"))
                .isEqualTo("67108864");
        assertThat(limit(pid, "cpu", unified ? "cpu.max" : "cpu.cfs_quota_us")).startsWith("50000");
    }

    private static String limit(int pid, String controller, String file) {
        return Host.text(Host.cgroup(pid, controller).orElseThrow().resolve(file));
    }

    @Test
    void healthchecks() {
        HealthChecks.live(podman);
    }

    @Test
    @EnabledIf(value = "io.troupe.cli.system.Host#hasCatatonit", disabledReason = "catatonit is not installed")
    void init() {
        assertThat(podman.run("--rm", "--init", Podman.IMAGE, "cat", "/proc/1/comm")
                        .succeeds()
                        .out())
                .contains("init");
    }

    @Test
    @EnabledIf(value = "io.troupe.cli.system.Host#hasCatatonit", disabledReason = "catatonit is not installed")
    void pods_and_kube() throws IOException {
        Pods.live(podman);
        assertThat(troupe.ids()).isEmpty();
    }
}
