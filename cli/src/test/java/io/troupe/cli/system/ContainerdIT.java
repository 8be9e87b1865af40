package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** containerd and ctr from Debian's packages: io.containerd.runc.v2 with this distribution as its binary. */
@RootTest
@EnabledIf(value = "io.troupe.cli.system.Host#hasContainerd", disabledReason = "containerd and ctr are not installed")
class ContainerdIT {
    private static final List<String> REMOVED = List.of("--rm");

    private Troupe troupe;
    private Path directory;
    private Containerd containerd;

    @BeforeEach
    void start(Troupe ofClass) throws IOException, InterruptedException {
        troupe = ofClass;
        directory = Files.createTempDirectory("troupe-containerd-");
        containerd = new Containerd(directory, troupe.wrapper());
        Path root = directory.resolve("busybox");
        Bundle.makeRootFileSystem(root);
        containerd.importImage(root);
    }

    @AfterEach
    void stop() throws InterruptedException {
        try (var ours = containerd) {
            for (String id : containerd
                    .ctr("container", "ls", "--quiet")
                    .succeeds()
                    .out()
                    .lines()
                    .toList()) {
                ours.ctr("task", "delete", "--force", id);
                ours.ctr("container", "delete", id).succeeds();
            }
        }
        assertThat(troupe.run("--root", Containerd.ROOT, "list", "--quiet")
                        .succeeds()
                        .out())
                .isEmpty();
        Call.of("rm", "-rf", "--one-file-system", directory.toString()).run().succeeds();
        troupe.verifiesClean();
    }

    private void detached(String id) {
        containerd.run(List.of("--detach"), id, "/bin/sleep", "3600").succeeds();
    }

    @Test
    void run() {
        Result run = containerd.run(REMOVED, "ran", "/bin/sh", "-c", "echo hello; echo trouble >&2; exit 7");

        assertThat(run.exits(7).out()).isEqualTo("hello\n");
        assertThat(run.err()).isEqualTo("trouble\n");
    }

    @Test
    void what_cannot_be_run_is_told_in_our_words() {
        assertThat(containerd
                        .run(REMOVED, "no1", "/bin/no-such-program")
                        .exits(1)
                        .err())
                .contains("OCI runtime create failed: ", "exec: \"/bin/no-such-program\": no such file or directory");
        assertThat(containerd.run(REMOVED, "no2", "no-such-program").exits(1).err())
                .contains("exec: \"no-such-program\": executable file not found in $PATH");
        assertThat(containerd.run(REMOVED, "no3", "/etc/passwd").exits(1).err())
                .contains("exec: \"/etc/passwd\": permission denied");
    }

    @Test
    void the_life_of_a_task() {
        detached("lived");
        assertThat(containerd.taskStatus("lived")).isEqualTo("RUNNING");
        assertThat(troupe.run("--root", Containerd.ROOT, "list", "--quiet")
                        .succeeds()
                        .out())
                .isEqualTo("lived\n");
        assertThat(containerd.ctr("task", "metrics", "lived").succeeds().out()).contains("memory.usage_in_bytes");

        containerd.ctr("task", "kill", "--signal", "SIGKILL", "lived").succeeds();

        assertDeletedAfter(137, "lived");
        assertThat(containerd.taskStatus("lived")).isEmpty();
        containerd.ctr("container", "delete", "lived").succeeds();
    }

    /** With --force ctr waits until containerd has seen the end. */
    private void assertDeletedAfter(int status, String id) {
        assertThat(containerd.ctr("task", "delete", "--force", id).succeeds().err())
                .contains("exit with non-zero exit code " + status);
    }

    @Test
    void exec() {
        detached("box");

        assertThat(exec("e1", "/bin/sh", "-c", "cat /proc/1/cmdline; exit 3")
                        .exits(3)
                        .out())
                .startsWith("/bin/sleep");
        assertThat(exec("e2", "/bin/no-such-program").exits(1).err())
                .contains("OCI runtime exec failed: ", "no such file or directory");
        assertThat(containerd
                        .ctr(
                                "task",
                                "exec",
                                "--exec-id",
                                "e3",
                                "--user",
                                "7:8",
                                "--cwd",
                                "/etc",
                                "box",
                                "sh",
                                "-c",
                                "id -u; id -g; pwd")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("7", "8", "/etc");
        containerd
                .ctr("task", "exec", "--detach", "--exec-id", "e4", "box", "sleep", "3600")
                .succeeds();
        containerd
                .ctr("task", "kill", "--exec-id", "e4", "--signal", "SIGKILL", "box")
                .succeeds();
    }

    private Result exec(String exec, String... command) {
        List<String> words = new java.util.ArrayList<>(List.of("task", "exec", "--exec-id", exec, "box"));
        words.addAll(List.of(command));
        return containerd.ctr(words.toArray(String[]::new));
    }

    @Test
    void pause_resume_and_ps() {
        detached("box");
        Result ps = containerd.ctr("task", "ps", "box").succeeds();
        assertThat(ps.out().lines().skip(1)).hasSize(1);

        containerd.ctr("task", "pause", "box").succeeds();
        assertThat(containerd.taskStatus("box")).isEqualTo("PAUSED");
        assertThat(exec("e1", "/bin/true").exits(1).err()).contains("paused");
        containerd.ctr("task", "resume", "box").succeeds();
        assertThat(containerd.taskStatus("box")).isEqualTo("RUNNING");
        exec("e2", "/bin/true").succeeds();
    }

    @Test
    void a_container_gets_one_task_after_the_other() {
        detached("box");
        assertThat(containerd.ctr("task", "delete", "box").exits(1).err()).contains("must be stopped before deletion");
        containerd.ctr("task", "kill", "--signal", "SIGKILL", "box").succeeds();
        assertDeletedAfter(137, "box");

        containerd.ctr("task", "start", "--detach", "box").succeeds();
        assertThat(containerd.taskStatus("box")).isEqualTo("RUNNING");
        exec("again", "/bin/true").succeeds();
        assertThat(containerd.ctr("task", "start", "--detach", "box").exits(1).err())
                .contains("already exists");
    }

    @Test
    void a_terminal_by_the_console_socket() {
        List<String> words = containerd.runWords(List.of("--rm", "--tty"), "terminal", "/bin/sh", "-c", "tty; exit 5");

        assertThat(new Call(Terminal.words(words)).run().exits(5).out()).contains("/dev/pts/0");
    }

    /** containerd opens /dev/null for reading alone and passes it as standard output too. */
    @Test
    void nothing_for_standard_streams_can_be_written_all_the_same() {
        containerd
                .run(List.of("--rm", "--null-io"), "null", "/bin/sh", "-c", "cat && echo x && echo y >&2")
                .succeeds();
    }

    @Test
    void limits_and_confinement() {
        Result run = containerd.run(
                List.of(
                        "--rm",
                        "--read-only",
                        "--memory-limit",
                        "67108864",
                        "--cpus",
                        "0.5",
                        "--seccomp",
                        "--cap-drop",
                        "CAP_CHOWN",
                        "--env",
                        "A=b",
                        "--mount",
                        "type=bind,src=/tmp,dst=/mnt,options=rbind:ro"),
                "confined",
                "/bin/sh",
                "-c",
                "echo $A; touch /x 2>/dev/null || echo read-only; chown 1 /proc/self/comm 2>/dev/null || echo no chown");

        assertThat(run.succeeds().out().lines()).containsExactly("b", "read-only", "no chown");
    }

    @Test
    void privileged_on_the_hosts_network() throws IOException {
        Result run = containerd.run(
                List.of("--rm", "--privileged", "--net-host"),
                "privileged",
                "/bin/sh",
                "-c",
                "readlink /proc/self/ns/net");

        assertThat(run.succeeds().out().strip())
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
    }

    @Test
    void a_killed_supervisor_is_nothing_to_containerd() {
        detached("survivor");

        troupe.killSupervisor();

        containerd.ctr("task", "kill", "--signal", "SIGKILL", "survivor").succeeds();
        assertDeletedAfter(137, "survivor");
    }

    @Test
    void a_checkpoint_is_an_image_of_a_container() throws IOException {
        Criu.assumeItWorks();
        Pipes pipes = Pipes.in(Files.createDirectory(directory.resolve("pipes")));
        String mount = "type=bind,src=" + pipes.directory() + ",dst=/v,options=rbind:rw";
        containerd
                .run(List.of("--detach", "--mount", mount), "moved", "/bin/sh", "-c", Pipes.counter("/v/"))
                .succeeds();
        pipes.isAt(1);

        containerd
                .ctr("container", "checkpoint", "--rw", "--task", "moved", "localhost/moved:1")
                .succeeds();
        pipes.isAt(2);
        containerd.ctr("task", "delete", "--force", "moved");
        containerd.ctr("container", "delete", "moved").succeeds();
        containerd
                .ctr("container", "restore", "--rw", "--live", "moved", "localhost/moved:1")
                .succeeds();

        pipes.isAt(2);
        assertThat(containerd.taskStatus("moved")).isEqualTo("RUNNING");
    }
}
