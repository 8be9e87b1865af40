package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** runtime.md, "Lifecycle": create, start, kill, delete and state, and what run makes of them. */
@RootTest
class LifecycleIT {

    @Test
    void create_start_kill_delete(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory()).set("/annotations", "{\"a.b\": \"c\"}");

        troupe.run("create", "--bundle", bundle.path().toString(), "life").succeeds();
        JsonNode created = troupe.state("life");
        assertThat(created.path("status").asText()).isEqualTo("created");
        assertThat(created.path("ociVersion").asText()).startsWith("1.");
        assertThat(created.path("id").asText()).isEqualTo("life");
        assertThat(created.path("bundle").asText()).isEqualTo(bundle.path().toString());
        assertThat(created.path("annotations").path("a.b").asText()).isEqualTo("c");
        int pid = created.path("pid").asInt();
        assertThat(Path.of("/proc/" + pid)).exists();

        troupe.run("start", "life").succeeds();
        assertThat(troupe.status("life")).isEqualTo("running");
        assertThat(troupe.pid("life")).isEqualTo(pid);
        assertThat(Host.text(Path.of("/proc/" + pid + "/cmdline"))).startsWith("/bin/sleep");

        troupe.run("kill", "life", "KILL").succeeds();
        troupe.endedWith("life", 137);
        assertThat(troupe.status("life")).isEqualTo("stopped");

        troupe.run("delete", "life").succeeds();
        troupe.run("state", "life").failsWithOneLine();
        assertThat(Host.runs(pid)).isFalse();
        troupe.verifiesClean();
    }

    @Test
    @EnabledIf(value = "io.troupe.cli.system.Host#hasRunc", disabledReason = "runc is not installed")
    void the_bundle_that_runc_spec_writes_runs(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "unused");
        Files.delete(bundle.path().resolve("config.json"));
        Call.of("runc", "spec", "--bundle", bundle.path().toString()).run().succeeds();
        String written = Files.readString(bundle.path().resolve("config.json"));
        bundle.raw(written.replace("\"terminal\": true", "\"terminal\": false"));

        Result run = troupe.call("run", "--bundle", bundle.path().toString(), "runc-spec")
                .reading("hostname; exit 9\n")
                .run()
                .exits(9);
        assertThat(run.out()).isEqualTo("runc\n");
    }

    @Test
    void wrong_states_are_refused_and_change_nothing(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.run("create", "--bundle", bundle.path().toString(), "wrong").succeeds();

        assertThat(troupe.run("create", "--bundle", bundle.path().toString(), "wrong")
                        .failsWithOneLine()
                        .err())
                .contains("wrong");
        troupe.run("delete", "wrong").failsWithOneLine();
        troupe.run("start", "wrong").succeeds();
        troupe.run("start", "wrong").failsWithOneLine();
        troupe.run("delete", "wrong").failsWithOneLine();
        assertThat(troupe.status("wrong")).isEqualTo("running");
        troupe.run("kill", "wrong", "9").succeeds();
        troupe.endedWith("wrong", 137);
        troupe.run("kill", "wrong", "9").failsWithOneLine();
        troupe.run("start", "wrong").failsWithOneLine();
        troupe.run("delete", "wrong").succeeds();
        troupe.run("delete", "wrong").failsWithOneLine();
        troupe.run("delete", "--force", "wrong").succeeds();
    }

    @Test
    void a_created_container_can_be_killed(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.run("create", "--bundle", bundle.path().toString(), "unborn").succeeds();

        troupe.run("kill", "unborn", "KILL").succeeds();
        troupe.endedWith("unborn", 137);
        troupe.run("delete", "unborn").succeeds();
    }

    @Test
    void delete_right_after_the_end_needs_no_patience(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        for (int i = 0; i < 10; i++) {
            troupe.runDetached("brief", bundle);
            Call.of("kill", "-9", Integer.toString(troupe.pid("brief"))).run().succeeds();
            troupe.endedWith("brief", 137);
            troupe.run("delete", "brief").succeeds();
        }
    }

    @Test
    void delete_by_force_kills_first(Troupe troupe) {
        troupe.runDetached("forced", Bundle.sleeping(troupe.directory()));
        int pid = troupe.pid("forced");

        troupe.run("delete", "--force", "forced").succeeds();

        assertThat(troupe.ids()).doesNotContain("forced");
        assertThat(Host.runs(pid)).isFalse();
        troupe.verifiesClean();
    }

    @ParameterizedTest
    @CsvSource({"exit 0,0", "exit 1,1", "exit 255,255", "kill -TERM $$,0", "kill -KILL $$,0", "exec sh -c 'exit 7',7"})
    void run_ends_as_the_program_does(String line, int status, Troupe troupe) {
        // Signals that pid 1 of a pid namespace sends itself without a handler are ignored: pid_namespaces(7).
        Bundle bundle = Bundle.shell(troupe.directory(), line);

        troupe.run("run", "--bundle", bundle.path().toString(), "ends").exits(status);
    }

    @ParameterizedTest
    @CsvSource({"TERM,143", "SIGKILL,137", "9,137", "sigusr1,138", "RTMIN+3,165", "HUP,129"})
    void kill_knows_signals_by_name_and_number(String signal, int status, Troupe troupe) {
        // Without a handler only SIGKILL reaches pid 1 from its own namespace; from outside all do.
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/linux/namespaces", "[{\"type\": \"mount\"}]")
                .remove("/hostname");
        troupe.runDetached("signalled", bundle);

        troupe.run("kill", "signalled", signal).succeeds();

        troupe.endedWith("signalled", status);
        troupe.run("delete", "signalled").succeeds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIGNOTHING", "65", "-1", "9x"})
    void kill_refuses_what_is_no_signal(String signal, Troupe troupe) {
        troupe.runDetached("unharmed", Bundle.sleeping(troupe.directory()));

        troupe.run("kill", "unharmed", signal).failsWithOneLine();

        assertThat(troupe.status("unharmed")).isEqualTo("running");
        troupe.run("delete", "--force", "unharmed").succeeds();
    }

    @Test
    void the_pid_file_holds_the_pid(Troupe troupe) {
        Path file = troupe.directory().resolve("pid");
        Bundle bundle = Bundle.sleeping(troupe.directory());

        troupe.run(
                        "create",
                        "--pid-file",
                        file.toString(),
                        "--bundle",
                        bundle.path().toString(),
                        "pid-file")
                .succeeds();

        assertThat(Host.text(file)).isEqualTo(Integer.toString(troupe.pid("pid-file")));
        troupe.run("delete", "--force", "pid-file").succeeds();
    }

    @Test
    void a_pid_file_that_cannot_be_written_fails_create(Troupe troupe) {
        String bundle = Bundle.sleeping(troupe.directory()).path().toString();
        String directory = troupe.directory().toString();

        assertThat(troupe.run("create", "--pid-file", directory, "--bundle", bundle, "unnumbered")
                        .failsWithOneLine()
                        .err())
                .isEqualTo("troupe: --pid-file " + directory + ": it is a directory. Name a file in it\n");
        assertThat(troupe.run("create", "--pid-file", directory + "/no/pid", "--bundle", bundle, "unnumbered")
                        .failsWithOneLine()
                        .err())
                .contains("--pid-file " + directory + "/no/pid: its directory does not exist");
        troupe.verifiesClean();
    }

    /** containerd kills all that a container has left behind in the host's pid namespace, whether anything is there or not. */
    @Test
    void kill_all_reaches_what_outlived_the_container_s_process(Troupe troupe) {
        Bundle bundle =
                Bundle.shell(troupe.directory(), "sleep 3600 & echo $! >/left").set("/root/readonly", "false");
        for (int i = bundle.linux().path("namespaces").size() - 1; i >= 0; i--) {
            if (bundle.linux().at("/namespaces/" + i + "/type").asText().equals("pid")) {
                ((ArrayNode) bundle.linux().path("namespaces")).remove(i);
            }
        }
        troupe.runDetached("parent", bundle.with(_ -> {}));
        troupe.endedWith("parent", 0);
        int left = Integer.parseInt(Host.text(bundle.rootfs().resolve("left")));

        assertThat(troupe.run("kill", "parent", "KILL").failsWithOneLine().err())
                .contains("no such process");
        assertThat(Host.runs(left)).isTrue();
        troupe.run("kill", "--all", "parent", "KILL").succeeds();
        Call.of("tail", "--pid=" + left, "-s", "0.01", "-f", "/dev/null").run().succeeds();
        troupe.run("kill", "--all", "parent", "KILL").succeeds();

        assertThat(troupe.run("kill", "--all", "nobody", "KILL")
                        .failsWithOneLine()
                        .err())
                .contains("does not exist");
        troupe.run("delete", "parent").succeeds();
    }

    /** Whoever reaps a container's process, as conmon does, may know of its end before the journal does. */
    @Test
    @EnabledIf(value = "io.troupe.cli.system.NotifyIT#hasPython", disabledReason = "python3 is not installed")
    void delete_right_after_the_parent_has_waited_succeeds(Troupe troupe) {
        String parent = """
                import ctypes, json, os, subprocess, sys
                PR_SET_CHILD_SUBREAPER = 36
                ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
                def troupe(*words):
                    out = subprocess.PIPE if words[0] == 'state' else subprocess.DEVNULL
                    return subprocess.run([sys.argv[1], *words], check=True, stdin=subprocess.DEVNULL, stdout=out).stdout
                for i in range(10):
                    troupe('create', '--bundle', sys.argv[2], 'reaped')
                    pid = json.loads(troupe('state', 'reaped'))['pid']
                    troupe('start', 'reaped')
                    os.waitpid(pid, 0)
                    troupe('delete', 'reaped')
                """;
        String bundle = Bundle.running(troupe.directory(), "true").path().toString();
        assertThat(troupe.ids()).isEmpty(); // and the supervisor is nobody's child here

        Call.of("python3", "-c", parent, Troupe.BINARY.toString(), bundle)
                .with(troupe.environment())
                .run()
                .succeeds();
    }

    @Test
    void standard_input_output_and_error_are_the_callers(Troupe troupe) {
        Bundle bundle = Bundle.shell(troupe.directory(), "cat; echo oops >&2");

        Result run = troupe.call("run", "--bundle", bundle.path().toString(), "stdio")
                .reading("one\ntwo\n")
                .run()
                .succeeds();

        assertThat(run.out()).isEqualTo("one\ntwo\n");
        assertThat(run.err()).isEqualTo("oops\n");
    }

    @Test
    void list_shows_what_there_is(Troupe troupe) {
        troupe.runDetached("listed", Bundle.sleeping(troupe.directory()));

        assertThat(troupe.ids()).contains("listed");
        assertThat(troupe.run("list").succeeds().out()).contains("listed", "running");
        assertThat(troupe.run("list", "--format", "json").succeeds().json().toString())
                .contains("\"listed\"", "\"running\"");
        troupe.run("delete", "--force", "listed").succeeds();
    }

    @Test
    void root_is_a_namespace_of_ids(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.runDetached("twin", bundle);
        Path other = troupe.directory().resolve("other-root");

        troupe.run(
                        "--root",
                        other.toString(),
                        "run",
                        "--detach",
                        "--bundle",
                        bundle.path().toString(),
                        "twin")
                .succeeds();

        assertThat(troupe.run("--root", other.toString(), "state", "twin")
                        .json()
                        .path("pid")
                        .asInt())
                .isNotEqualTo(troupe.pid("twin"));
        troupe.run("--root=" + other, "delete", "--force", "twin").succeeds();
        assertThat(troupe.status("twin")).isEqualTo("running");
        troupe.run("delete", "--force", "twin").succeeds();
    }

    @Test
    void without_a_process_it_can_be_created_and_not_started(Troupe troupe) {
        Path bundle = Bundle.sleeping(troupe.directory()).remove("/process").path();
        String remedy = "Delete it and create it with process.args and process.cwd";

        troupe.run("create", "--bundle", bundle.toString(), "bare").succeeds();
        assertThat(troupe.status("bare")).isEqualTo("created");
        assertThat(Host.field(Path.of("/proc/" + troupe.pid("bare") + "/status"), "CapEff"))
                .isEqualTo("0000000000000000");
        assertThat(troupe.run("start", "bare").failsWithOneLine().err())
                .isEqualTo("troupe: container bare: cannot start: its configuration has no process. " + remedy + "\n");
        assertThat(troupe.status("bare")).isEqualTo("created");
        troupe.run("delete", "--force", "bare").succeeds();

        assertThat(troupe.run("run", "--bundle", bundle.toString(), "bare")
                        .failsWithOneLine()
                        .err())
                .contains("process: there is no program to run");
    }
}
