package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * podman of a user without rights, who is root of a user namespace that podman makes. The supervisor is started on demand
 * in there, by the first command that podman gives. Root is needed only to make the user.
 */
@RootTest
@EnabledIf(
        value = "io.troupe.cli.system.Host#hasRootlessPodman",
        disabledReason =
                "needs podman, conmon, useradd, runuser, newuidmap and user namespaces for users without rights")
class RootlessPodmanIT {
    private Somebody somebody;
    private Podman podman;

    @BeforeEach
    void make_a_user_with_podman() throws IOException {
        somebody = new Somebody();
        try {
            podman = Podman.of(somebody);
        } catch (AssertionError problem) {
            somebody.close();
            throw problem;
        }
    }

    @AfterEach
    void remove_him() {
        if (podman == null) {
            return;
        }
        try {
            podman.removeAll();
            assertThat(inside("list", "--quiet").succeeds().out()).isEmpty();
            inside("supervisor", "verify").succeeds();
        } finally {
            inside("supervisor", "stop");
            newNamespaces();
            somebody.close();
        }
    }

    /** {@return how a troupe command ended in podman's namespaces} */
    private Result inside(String... arguments) {
        List<String> words = new ArrayList<>(List.of("unshare", Troupe.BINARY.toString()));
        words.addAll(List.of(arguments));
        return podman.podman(words.toArray(String[]::new));
    }

    /** Ends the process that keeps podman's user and mount namespaces: it makes others for its next command. */
    private void newNamespaces() {
        podman.podman("system", "migrate").succeeds();
    }

    private String status() {
        return podman.inspect("box", ".State.Status") + " " + podman.inspect("box", ".State.ExitCode");
    }

    @Test
    void run_and_its_exit_statuses() {
        Result run = podman.run("--rm", Podman.IMAGE, "sh", "-c", "id -u; cat /proc/self/uid_map; exit 42");

        assertThat(run.exits(42).out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly("0", "0 " + somebody.uid() + " 1", "1 " + somebody.firstOfRange() + " 65536");
        assertThat(podman.run("--rm", Podman.IMAGE, "no-such-program")
                        .exits(127)
                        .err())
                .contains("exec: \"no-such-program\": executable file not found in $PATH");
        assertThat(podman.run("--rm", Podman.IMAGE, "/etc/passwd").exits(126).err())
                .contains("exec: \"/etc/passwd\": permission denied");
        podman.run("--rm", "--no-such-option", Podman.IMAGE).exits(125);
    }

    /** Groups that the user namespace does not know are 65534 in there. */
    @Test
    void groups_of_the_caller_are_kept() {
        somebody.joins("audio");

        assertThat(podman.run("--rm", "--group-add", "keep-groups", Podman.IMAGE, "id", "-G")
                        .succeeds()
                        .out())
                .isEqualTo("0 65534\n");
        assertThat(podman.run("--rm", Podman.IMAGE, "id", "-G").succeeds().out())
                .isEqualTo("0\n");
    }

    @Test
    void terminals() {
        // conmon drops what a container writes before podman has attached: what is typed tells that it has.
        assertThat(podman.onTerminal(Podman.running("--rm", "-it", Podman.IMAGE, "sh", "-c", "read line; tty; exit 7"))
                        .reading("go\n")
                        .run()
                        .exits(7)
                        .out())
                .contains("/dev/pts/0");
        podman.detached("box", "sleep", "3600");
        assertThat(podman.onTerminal("exec", "-it", "box", "tty")
                        .run()
                        .succeeds()
                        .out())
                .contains("/dev/pts/");
    }

    @Test
    void exec_top_and_cp() throws IOException {
        podman.detached("box", "sleep", "3600");

        assertThat(podman.podman("exec", "--user", "7:8", "box", "sh", "-c", "id -u; id -g; exit 9")
                        .exits(9)
                        .out())
                .isEqualTo("7\n8\n");
        podman.podman("exec", "box", "no-such-program").exits(127);
        podman.podman("exec", "box", "/etc/passwd").exits(126);
        assertThat(podman.podman("top", "box").succeeds().out()).contains("sleep 3600");
        Path file = podman.storage().resolve("copied");
        podman.podman("cp", "box:/etc/passwd", file.toString()).succeeds();
        assertThat(Files.readString(file)).startsWith("root:");
    }

    @Test
    void logs_kill_stop_restart_and_attach() {
        podman.detached("box", "sh", "-c", "echo out; echo err >&2; exec sleep 3600");
        podman.podman("kill", "--signal", "KILL", "box").succeeds();
        assertThat(podman.podman("wait", "box").succeeds().out().strip()).isEqualTo("137");
        podman.podman("start", "box").succeeds();
        podman.podman("restart", "--time", "0", "box").succeeds();
        podman.podman("stop", "--time", "0", "box").succeeds();

        assertThat(status()).isEqualTo("exited 137");
        Result logs = podman.podman("logs", "box").succeeds();
        assertThat(logs.out()).isEqualTo("out\nout\nout\n");
        assertThat(logs.err()).isEqualTo("err\nerr\nerr\n");

        podman.run("--detach", "-i", "--name", "reader", Podman.IMAGE, "sh", "-c", "read x; echo got $x; exit 4")
                .succeeds();
        assertThat(podman.call("attach", "reader").reading("hello\n").run().out())
                .startsWith("got hello");
        assertThat(podman.podman("wait", "reader").succeeds().out().strip()).isEqualTo("4");
    }

    @Test
    void confinement() {
        Result run = podman.run(
                "--rm",
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
                "--ulimit",
                "nofile=100:200",
                "--oom-score-adj",
                "500",
                "--sysctl",
                "kernel.shm_rmid_forced=1",
                Podman.IMAGE,
                "sh",
                "-c",
                "id -u; grep CapEff /proc/self/status; ulimit -n; cat /proc/self/oom_score_adj"
                        + " /proc/sys/kernel/shm_rmid_forced; echo x >/dev/xnull && touch /t/x && echo written;"
                        + " touch /x /mnt/x 2>/dev/null || echo read-only");

        assertThat(run.succeeds().out().lines())
                .containsExactly("1000", "CapEff:\t0000000000000000", "100", "500", "1", "written", "read-only");
    }

    @Test
    void other_user_namespaces_inside_podmans() {
        assertThat(podman.run("--rm", "--userns", "keep-id", Podman.IMAGE, "id", "-u")
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo(Integer.toString(somebody.uid()));
        assertThat(podman.run("--rm", "--uidmap", "0:1:1000", Podman.IMAGE, "cat", "/proc/self/uid_map")
                        .succeeds()
                        .out()
                        .strip()
                        .replaceAll(" +", " "))
                .isEqualTo("0 1 1000");
        podman.run("--rm", "--privileged", Podman.IMAGE, "true").succeeds();
        podman.run("--rm", "--pid", "host", Podman.IMAGE, "true").succeeds();
        podman.run("--rm", "--cgroups", "disabled", Podman.IMAGE, "true").succeeds();
    }

    @Test
    void what_the_host_does_not_let_him_is_told_in_words() {
        assertThat(podman.run("--rm", "--oom-score-adj", "-500", Podman.IMAGE, "true")
                        .exits(126)
                        .err())
                .contains("oom score adjust", "EACCES");
        assumeFalse(Host.hasUnifiedCgroups(), "where there is version 2 a cgroup may have been delegated");
        podman.detached("box", "sleep", "3600");
        assertThat(podman.podman("update", "--memory", "64m", "box").exits(125).err())
                .contains("the container has no cgroup of the controller memory");
        // podman's own words, whatever the runtime: it would not ask.
        assertThat(podman.podman("pause", "box").exits(125).err()).contains("cgroup");
    }

    @Test
    void healthchecks() {
        HealthChecks.live(podman);
    }

    @Test
    @EnabledIf(value = "io.troupe.cli.system.Host#hasCatatonit", disabledReason = "catatonit is not installed")
    void init_pods_and_kube() throws IOException {
        assertThat(podman.run("--rm", "--init", Podman.IMAGE, "cat", "/proc/1/comm")
                        .succeeds()
                        .out())
                .contains("init");
        Pods.live(podman);
    }

    @Test
    void the_supervisor_is_podmans_own() {
        var ofPodman =
                inside("supervisor", "start", "--format", "json").succeeds().json();
        assertThat(ofPodman.path("runDirectory").asText())
                .isEqualTo(podman.storage().resolve("runtime/troupe-userns").toString());
        assertThat(ofPodman.path("dataDirectory").asText())
                .isEqualTo(somebody.home().resolve(".local/share/troupe-userns").toString());
        podman.detached("box", "sleep", "3600");

        assertThat(inside("list", "--quiet").succeeds().out()).isEqualTo(podman.inspect("box", ".Id") + "\n");
        assertThat(somebody.troupe("list", "--quiet").succeeds().out()).isEmpty();
    }

    /** podman says HOME to create alone: a supervisor that its clean-up starts has to find the journal without. */
    @Test
    void a_killed_supervisor_is_nothing_to_podman() {
        podman.detached("box", "sleep", "3600");
        String id = podman.inspect("box", ".Id");
        String pid = inside("supervisor", "start", "--format", "json")
                .succeeds()
                .json()
                .path("pid")
                .asText();

        Call.of("kill", "-9", pid).run().succeeds();

        podman.podman("stop", "--time", "0", "box").succeeds();
        assertThat(status()).isEqualTo("exited 137");
        assertThat(inside("history", id).succeeds().out()).contains("created", "exited", "deleted");
    }

    /** One that stayed in the old namespaces could not signal a process of the new ones. */
    @Test
    void a_supervisor_makes_room_when_podmans_namespaces_are_others() {
        podman.detached("box", "sleep", "3600");
        String old = podman.inspect("box", ".Id");
        podman.podman("rm", "--force", "--time", "0", "box").succeeds();
        String before = inside("supervisor", "status").succeeds().out();

        newNamespaces();

        podman.run("--detach", "--name", "box", "--user", "1000:1000", Podman.IMAGE, "sleep", "3600")
                .succeeds();
        podman.podman("kill", "--signal", "KILL", "box").succeeds();
        assertThat(podman.podman("wait", "box").succeeds().out().strip()).isEqualTo("137");
        assertThat(inside("supervisor", "status").succeeds().out().lines().findFirst())
                .isNotEqualTo(before.lines().findFirst());
        assertThat(inside("history", old).succeeds().out()).contains("deleted");
    }

    @Test
    void other_namespaces_are_refused_in_words_while_a_container_lives() {
        podman.detached("box", "sleep", "3600");

        Result other = somebody.call(
                        "env",
                        "XDG_RUNTIME_DIR=" + podman.storage().resolve("runtime"),
                        "unshare",
                        "--user",
                        "--map-root-user",
                        Troupe.BINARY.toString(),
                        "list")
                .run();

        assertThat(other.failsWithOneLine().err())
                .contains("in another user namespace than this supervisor, which has containers that live: ")
                .contains(podman.inspect("box", ".Id"));
        assertThat(status()).isEqualTo("running 0");
    }
}
