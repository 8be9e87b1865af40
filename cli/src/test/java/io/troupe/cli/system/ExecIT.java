package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another process in a container. */
@RootTest
class ExecIT {

    private static Result exec(Troupe troupe, String... words) {
        if (!troupe.ids().contains("host")) {
            troupe.runDetached(
                    "host",
                    Bundle.sleeping(troupe.directory()).set("/process/env", "[\"PATH=/bin\", \"FROM=config\"]"));
        }
        String[] all = new String[words.length + 1];
        all[0] = "exec";
        System.arraycopy(words, 0, all, 1, words.length);
        return troupe.run(all);
    }

    @Test
    void it_runs_among_the_containers_processes(Troupe troupe) {
        assertThat(exec(troupe, "host", "cat", "/proc/1/cmdline").succeeds().out())
                .startsWith("/bin/sleep");
    }

    /** As in runc and crun: before its program runs, too. */
    @Test
    void it_runs_in_a_container_that_is_not_started(Troupe troupe) {
        String bundle = Bundle.sleeping(troupe.directory()).path().toString();
        troupe.run("create", "--bundle", bundle, "early").succeeds();

        troupe.run("exec", "--detach", "early", "sleep", "77").succeeds();
        assertThat(troupe.run("exec", "early", "ps").succeeds().out()).contains("sleep 77");
        assertThat(troupe.status("early")).isEqualTo("created");
        troupe.run("start", "early").succeeds();
        assertThat(troupe.run("exec", "early", "cat", "/proc/1/cmdline")
                        .succeeds()
                        .out())
                .startsWith("/bin/sleep");
        troupe.run("kill", "early", "KILL").succeeds();
        troupe.endedWith("early", 137);
        troupe.run("delete", "early").succeeds();
        troupe.verifiesClean();
    }

    @Test
    void its_status_comes_back(Troupe troupe) {
        exec(troupe, "host", "sh", "-c", "exit 33").exits(33);
        exec(troupe, "host", "sh", "-c", "kill -TERM $$").exits(143);
    }

    @Test
    void environment_is_the_containers_and_what_is_added(Troupe troupe) {
        Result env = exec(troupe, "--env", "MORE=words here", "host", "env").succeeds();

        assertThat(env.out().lines()).contains("FROM=config", "MORE=words here");
    }

    @Test
    void a_variable_that_is_there_already_is_replaced(Troupe troupe) {
        Result env = exec(troupe, "-e", "FROM=exec", "-e", "A=1", "-e", "A=2", "host", "env")
                .succeeds();

        assertThat(env.out().lines()).contains("FROM=exec", "A=2").doesNotContain("FROM=config", "A=1");
    }

    @ParameterizedTest
    @CsvSource({"0,/", "7,/var/seven", "8,/", "9,/", "1000,/"})
    void home_is_what_the_containers_own_file_says(String user, String home, Troupe troupe) throws IOException {
        if (!troupe.ids().contains("homes")) {
            Bundle bundle = Bundle.sleeping(troupe.directory());
            Files.writeString(
                    bundle.rootfs().resolve("etc/passwd"),
                    "7x:x:7x:0::/wrong:/bin/sh\n" + "x".repeat(5000) + "\nseven:x:7:0::/var/seven:/bin/sh\n"
                            + "eight:x:8:0::relative:/bin/sh\nnine:x:9\n1000:x:0:0::/:/bin/sh");
            troupe.runDetached("homes", bundle);
        }

        assertThat(troupe.run("exec", "--user", user, "homes", "sh", "-c", "echo $HOME")
                        .succeeds()
                        .out())
                .isEqualTo(home + "\n");
        assertThat(troupe.run("exec", "-e", "HOME=/set", "homes", "sh", "-c", "echo $HOME")
                        .succeeds()
                        .out())
                .isEqualTo("/set\n");
    }

    @Test
    void working_directory(Troupe troupe) {
        assertThat(exec(troupe, "--cwd", "/etc", "host", "pwd").succeeds().out())
                .isEqualTo("/etc\n");
    }

    @ParameterizedTest
    @CsvSource({"1,1,0", "1000,1000,0", "1:2,1,2", "4294967294:5,4294967294,5"})
    void users_are_numbers(String user, String uid, String gid, Troupe troupe) {
        // The root file system has a user *named* 1000 with uid 0, who must not be meant: CVE-2016-3697,
        // CVE-2026-30892.
        Result id =
                exec(troupe, "--user", user, "host", "sh", "-c", "id -u; id -g").succeeds();

        assertThat(id.out().lines()).containsExactly(uid, gid);
    }

    @ParameterizedTest
    @ValueSource(strings = {" 1", "1:", ":1", "0x1", "4294967295", "4294967296", "-1", "root", ""})
    void anything_else_is_refused(String user, Troupe troupe) {
        exec(troupe, "--user", user, "host", "id").failsWithOneLine();
    }

    @Test
    void standard_input_reaches_it(Troupe troupe) {
        exec(troupe, "host", "true").succeeds();

        assertThat(troupe.call("exec", "host", "cat")
                        .reading("typed\n")
                        .run()
                        .succeeds()
                        .out())
                .isEqualTo("typed\n");
    }

    @Test
    void a_process_file_says_it_all(Troupe troupe) throws IOException {
        exec(troupe, "host", "true").succeeds();
        Path process = Files.writeString(troupe.directory().resolve("process.json"), """
                {"user": {"uid": 7, "gid": 8}, "args": ["sh", "-c", "id -u; pwd; echo $X"], "env": ["PATH=/bin", "X=y"],
                 "cwd": "/tmp"}""");

        Result run = troupe.run("exec", "--process", process.toString(), "host").succeeds();

        assertThat(run.out().lines()).containsExactly("7", "/tmp", "y");
    }

    @ParameterizedTest
    @CsvSource({"--apparmor, /sys/kernel/security/apparmor", "--process-label, /sys/fs/selinux/enforce"})
    void a_label_that_the_host_cannot_apply_is_refused(String option, Path module, Troupe troupe) {
        assumeFalse(Files.exists(module), "this host has " + module);

        assertThat(exec(troupe, option, "some_u:some_r:some_t", "host", "true")
                        .failsWithOneLine()
                        .err())
                .containsIgnoringCase(option.equals("--apparmor") ? "apparmor" : "selinux");
    }

    @Test
    void a_terminal_is_for_the_process_file_to_ask_for(Troupe troupe) throws IOException {
        exec(troupe, "host", "true").succeeds();
        Path process =
                Files.writeString(troupe.directory().resolve("plain.json"), "{\"args\": [\"sh\"], \"cwd\": \"/\"}");

        assertThat(exec(troupe, "--tty", "--process", process.toString(), "host")
                        .failsWithOneLine()
                        .err())
                .contains("--tty: the process of " + process + " asks for no terminal");
    }

    @Test
    void in_a_paused_container_it_waits_if_it_shall(Troupe troupe) {
        troupe.runDetached("ice", Bundle.sleeping(troupe.directory()));
        troupe.run("pause", "ice").succeeds();

        assertThat(troupe.run("exec", "ice", "true").failsWithOneLine().err()).contains("--ignore-paused");
        Call.Running waiting =
                troupe.call("exec", "--ignore-paused", "ice", "echo", "thawed").start();
        troupe.run("resume", "ice").succeeds();
        assertThat(waiting.await().succeeds().out()).isEqualTo("thawed\n");
    }

    @Test
    void detached_it_tells_its_pid(Troupe troupe) {
        Path file = troupe.directory().resolve("exec.pid");

        exec(troupe, "--detach", "--pid-file", file.toString(), "host", "sleep", "3600")
                .succeeds();

        Path process = Path.of("/proc", Host.text(file));
        assertThat(Host.text(process.resolve("cmdline"))).startsWith("sleep");
        assertThat(Host.field(process.resolve("status"), "NSpid")).contains("\t");
    }

    @Test
    void capabilities_are_the_containers_and_never_inheritable(Troupe troupe) {
        Result status = exec(troupe, "--cap", "CAP_NET_ADMIN", "host", "grep", "^Cap", "/proc/self/status")
                .succeeds();

        // CVE-2022-29162: adding one must not make it inheritable.
        assertThat(status.out()).contains("CapInh:\t0000000000000000");
        long effective = Long.parseUnsignedLong(
                status.out()
                        .lines()
                        .filter(l -> l.startsWith("CapEff"))
                        .findFirst()
                        .orElseThrow()
                        .split("\t")[1],
                16);
        assertThat(effective >> 12 & 1).as("CAP_NET_ADMIN").isEqualTo(1);
    }

    @Test
    void a_terminal(Troupe troupe) {
        exec(troupe, "host", "true").succeeds();

        Result tty = Terminal.run(troupe, "exec", "--tty", "host", "tty");

        assertThat(tty.succeeds().out()).contains("/dev/pts/");
    }

    @ParameterizedTest
    @CsvSource({
        "nosuch, 127, executable file not found in $PATH",
        "/bin/nosuch, 127, no such file or directory",
        "/etc, 126, permission denied"
    })
    void a_program_that_cannot_be_executed_is_told_in_runcs_words(
            String program, int status, String words, Troupe troupe) {
        Result run = exec(troupe, "host", program);

        assertThat(run.exits(status).err())
                .isEqualTo("troupe: container host: exec: \"" + program + "\": " + told(words));
    }

    private static String told(String words) {
        return words
                + switch (words) {
                    case "no such file or directory" -> " (ENOENT)\n";
                    case "permission denied" -> " (EACCES)\n";
                    default -> "\n";
                };
    }

    @Test
    void a_user_without_a_group_keeps_the_containers_groups(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/process/user", "{\"uid\": 1, \"gid\": 2, \"additionalGids\": [3]}");
        troupe.runDetached("groups", bundle);

        assertThat(troupe.run("exec", "--user", "9", "-g", "4", "groups", "id")
                        .succeeds()
                        .out())
                .isEqualTo("uid=9 gid=2 groups=3,4\n");
    }

    @Test
    void a_cgroup_below_the_containers(Troupe troupe) throws IOException {
        exec(troupe, "host", "true").succeeds();
        Path below = Host.cgroup(troupe.pid("host"), "pids").orElseThrow().resolve("below");
        Files.createDirectory(below);
        String wish = Host.hasUnifiedCgroups() ? "below" : "pids:below";

        Result run = exec(troupe, "--cgroup", wish, "host", "cat", "/proc/self/cgroup");

        assertThat(run.succeeds().out()).contains("/below\n");
        assertThat(exec(troupe, "--cgroup", wish + "/none", "host", "true")
                        .failsWithOneLine()
                        .err())
                .contains("there is no such cgroup");
        assertThat(exec(troupe, "--cgroup", wish + "/../..", "host", "true")
                        .failsWithOneLine()
                        .err())
                .contains("it leads out of the container's cgroup");
        Files.delete(below);
    }

    @Test
    void every_exec_is_in_the_history(Troupe troupe) {
        exec(troupe, "host", "sh", "-c", "exit 21").exits(21);

        assertThat(troupe.run("history", "host").succeeds().out())
                .containsIgnoringCase("exec")
                .contains("21");
    }

    @Test
    void of_an_unknown_container_it_fails(Troupe troupe) {
        exec(troupe, "nobody", "true").exits(255).failsWithOneLine();
    }

    @Test
    void a_failure_to_exec_does_not_look_like_the_programs_own(Troupe troupe) {
        assertThat(exec(troupe, "--cwd", "/nowhere", "host", "true")
                        .exits(255)
                        .failsWithOneLine()
                        .err())
                .contains("/nowhere: No such file or directory");
    }
}
