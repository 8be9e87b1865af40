package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What connects a container with the rest of the world, after a restore. */
@RootTest
class CheckpointOutsideIT {

    @BeforeAll
    static void criu_can_work_here() {
        Criu.assumeItWorks();
    }

    @Test
    void mounts_and_pipes_of_the_host_come_back(Troupe troupe) throws IOException {
        Path shared = Files.createDirectory(troupe.directory().resolve("shared"));
        Path link = Files.createSymbolicLink(troupe.directory().resolve("link"), shared);
        Bundle bundle = Counter.bundle(
                        troupe,
                        "exec 3<>/ask; read word <&3; echo up >/answer; read word <&3; cat /shared/$word; exit 7")
                .add(
                        "/mounts",
                        "{\"destination\": \"/shared\", \"type\": \"bind\", \"source\": \"" + link
                                + "\", \"options\": [\"rbind\"]}");
        Counter counter = new Counter(troupe, "piped", bundle);
        String run = "\"$0\" run --detach --bundle " + bundle.path() + " piped </dev/null 2>/dev/null | cat";
        var first = new Call(List.of("sh", "-c", run, Troupe.BINARY.toString()))
                .with(troupe.environment())
                .start();
        assertThat(counter.ask("there")).isEqualTo("up");

        counter.checkpoint().succeeds();
        first.await().succeeds();
        Files.writeString(shared.resolve("stop"), "the end\n");
        String restore = "\"$0\" restore --bundle " + bundle.path() + " --image-path " + counter.images()
                + " piped </dev/null | cat";
        var second = new Call(List.of("sh", "-c", restore, Troupe.BINARY.toString()))
                .with(troupe.environment())
                .start();
        counter.stop();

        assertThat(second.await().out()).isEqualTo("the end\n");
        assertThat(troupe.ids()).isEmpty();
    }

    @Test
    void a_terminal_of_the_callers_needs_a_word(Troupe troupe) {
        Bundle bundle = Counter.bundle(troupe);
        Counter counter = new Counter(troupe, "tty", bundle);
        var shell = Call.of(
                        "script",
                        "--quiet",
                        "--command",
                        Troupe.BINARY + " run --bundle " + bundle.path() + " tty",
                        "/dev/null")
                .with(troupe.environment())
                .start();
        counter.isAt(1);
        int pid = troupe.pid("tty");

        String line = counter.checkpoint().failsWithOneLine().err();

        assertThat(line)
                .contains("cannot checkpoint: CRIU: ", "See " + counter.images().resolve("dump.log"));
        assertThat(troupe.status("tty")).isEqualTo("running");
        assertThat(troupe.pid("tty")).isEqualTo(pid);
        counter.isAt(2);
        counter.stop();
        shell.await();
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
    }

    @Test
    void a_terminal_of_its_own_is_handed_over_anew(Troupe troupe) throws Exception {
        Bundle bundle = Counter.bundle(troupe).set("/process/terminal", "true");
        Counter counter = new Counter(troupe, "console", bundle);
        try (ConsoleSocket socket = ConsoleSocket.listen(troupe.directory().resolve("console.sock"))) {
            troupe.run("run", "--detach", "--console-socket", socket.path(), "--bundle", bundle.path() + "", "console")
                    .succeeds();
            ConsoleSocket.Console first = socket.next();
            counter.isAt(1);
            counter.checkpoint().succeeds();
            first.close();

            counter.restore("--console-socket", socket.path()).succeeds();

            try (ConsoleSocket.Console second = socket.next()) {
                counter.isAt(2);
                assertThat(troupe.run("exec", "console", "sh", "-c", "readlink /proc/1/fd/1; tty </proc/1/fd/1")
                                .succeeds()
                                .out())
                        .isEqualTo("/dev/pts/" + second.number() + "\n/dev/pts/" + second.number() + "\n");
            }
            counter.end();
        }
    }

    @Test
    void a_connection_of_its_own_stays_open(Troupe troupe) {
        Bundle bundle = Counter.bundle(troupe, """
                exec 3<>/ask 4<>/answer
                /bin/busybox nc -l -p 5000 -e /bin/cat </dev/null &
                until grep -q ':1388 .* 0A ' /proc/net/tcp6; do :; done
                exec /bin/busybox nc 127.0.0.1 5000 <&3 >&4
                """);
        Criu.silently(troupe, "run", "--detach", "--bundle", bundle.path() + "", "connected")
                .succeeds();
        Counter counter = new Counter(troupe, "connected", bundle);
        assertThat(counter.ask("before")).isEqualTo("before");

        assertThat(counter.checkpoint().failsWithOneLine().err()).contains("cannot checkpoint: CRIU: ");
        counter.checkpoint("--tcp-established").succeeds();
        counter.restore("--tcp-established").succeeds();

        assertThat(counter.ask("after")).isEqualTo("after");
        troupe.run("delete", "--force", "connected").succeeds();
        troupe.verifiesClean();
    }

    @Test
    void its_user_namespace_has_the_same_mappings(Troupe troupe) {
        String mapping = "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]";
        Bundle bundle = Counter.bundle(troupe)
                .add("/linux/namespaces", "{\"type\": \"user\"}")
                .set("/linux/uidMappings", mapping)
                .set("/linux/gidMappings", mapping);
        Call.of("chown", "-R", "100000:100000", bundle.rootfs().toString())
                .run()
                .succeeds();
        Counter counter = Counter.started(troupe, "mapped", bundle);

        counter.checkpoint().succeeds();
        counter.restore().succeeds();

        counter.isAt(2);
        assertThat(Host.text(Path.of("/proc/" + troupe.pid("mapped") + "/uid_map"))
                        .split(" +", -1))
                .containsExactly("0", "100000", "65536");
        counter.end();
    }

    @Test
    void hooks_of_a_creation_run_with_the_pid_that_there_is_then(Troupe troupe) {
        Bundle bundle = Counter.bundle(troupe);
        Path told = troupe.directory().resolve("told");
        for (String name : List.of("prestart", "createRuntime", "poststart", "poststop")) {
            bundle.set("/hooks/" + name, """
                    [{"path": "/bin/sh", "args": ["sh", "-c", "echo %s $(tr -d ' \\\\n' | grep -o 'pid.:[0-9]*') >>%s"],
                      "env": ["PATH=/bin:/usr/bin"]}]""".formatted(name, told));
        }
        Counter counter = Counter.started(troupe, "hooked", bundle);
        counter.checkpoint().succeeds();
        int before = Host.lines(told).size();

        counter.restore().succeeds();

        String pid = " pid\":" + troupe.pid("hooked");
        assertThat(Host.lines(told).subList(before, Host.lines(told).size()))
                .containsExactly("prestart" + pid, "createRuntime" + pid);
        counter.isAt(2);
        counter.end();
        assertThat(Host.lines(told).getLast()).startsWith("poststop");
    }

    @Test
    void an_annotation_names_a_configuration_file_of_criu(Troupe troupe) throws IOException {
        Path file = Files.writeString(troupe.directory().resolve("criu.conf"), "log-file=other.log\n");
        Bundle bundle = Counter.bundle(troupe).set("/annotations/org.criu.config", "\"" + file + "\"");
        Counter counter = Counter.started(troupe, "annotated", bundle);

        counter.checkpoint().succeeds();

        assertThat(Files.readString(counter.images().resolve("other.log"))).contains("Dumping finished successfully");
        assertThat(counter.images().resolve("dump.log")).doesNotExist();
        counter.restore().succeeds();
        counter.isAt(2);
        counter.end();
    }
}
