package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** config.md, "POSIX-platform Hooks". */
@RootTest
class HooksIT {

    private static final List<String> IN_ORDER =
            List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

    private static Path log(Bundle bundle) {
        return bundle.path().resolve("log/order");
    }

    /** Every hook appends its name and what it read to one file, which the container has at /log. */
    private static Bundle withHooks(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(troupe.directory(), "echo program >>/log/order");
        Files.createDirectories(bundle.path().resolve("log"));
        Files.createDirectories(bundle.rootfs().resolve("log"));
        bundle.add(
                "/mounts",
                "{\"destination\": \"/log\", \"type\": \"bind\", \"source\": \"%s\", \"options\": [\"bind\"]}"
                        .formatted(log(bundle).getParent()));
        for (String name : IN_ORDER) {
            Path file = name.equals("startContainer") ? Path.of("/log/order") : log(bundle);
            bundle.set("/hooks/" + name, "[" + hook("echo " + name + " $HOOK $(tr -d '\\n') >>" + file) + "]");
        }
        return bundle;
    }

    private static String hook(String line) {
        return "{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"%s\"], \"env\": [\"PATH=/bin:/usr/bin\", \"HOOK=set\"]}"
                .formatted(line.replace("\\", "\\\\").replace("\"", "\\\""));
    }

    @Test
    void all_six_run_in_order_with_the_state_on_their_standard_input(Troupe troupe) throws IOException {
        Bundle bundle = withHooks(troupe);

        troupe.run("create", "--bundle", bundle.path().toString(), "hooked").succeeds();
        assertThat(Host.lines(log(bundle)))
                .extracting(HooksIT::name)
                .containsExactly("prestart", "createRuntime", "createContainer");
        troupe.run("start", "hooked").succeeds();
        troupe.endedWith("hooked", 0);
        troupe.run("delete", "hooked").succeeds();

        List<String> lines = Host.lines(log(bundle));
        assertThat(lines)
                .extracting(HooksIT::name)
                .containsExactlyInAnyOrder(
                        "prestart",
                        "createRuntime",
                        "createContainer",
                        "startContainer",
                        "program",
                        "poststart",
                        "poststop");
        assertThat(lines.get(3)).startsWith("startContainer");
        assertThat(lines.getLast()).startsWith("poststop");
        assertState(lines, "prestart", "created");
        assertState(lines, "createRuntime", "created");
        assertState(lines, "createContainer", "created");
        assertState(lines, "startContainer", "created");
        assertState(lines, "poststart", "running");
        assertState(lines, "poststop", "stopped");
    }

    private static void assertState(List<String> lines, String hook, String status) {
        String line =
                lines.stream().filter(l -> l.startsWith(hook + " ")).findFirst().orElseThrow();
        assertThat(line).startsWith(hook + " set {");
        var state = Bundle.parse(line.substring(line.indexOf('{')));
        assertThat(state.path("id").asText()).isEqualTo("hooked");
        assertThat(state.path("status").asText()).as(line).isEqualTo(status);
        assertThat(state.path("ociVersion").asText()).isNotEmpty();
        assertThat(state.path("bundle").asText()).isNotEmpty();
    }

    private static String name(String line) {
        return line.split(" ")[0];
    }

    @Test
    void run_runs_them_too(Troupe troupe) throws IOException {
        Bundle bundle = withHooks(troupe);

        troupe.run("run", "--bundle", bundle.path().toString(), "hooked").succeeds();

        assertThat(Host.lines(log(bundle)))
                .extracting(HooksIT::name)
                .containsExactlyInAnyOrder(
                        "prestart",
                        "createRuntime",
                        "createContainer",
                        "startContainer",
                        "program",
                        "poststart",
                        "poststop");
    }

    @Test
    void a_failing_create_hook_fails_create_and_leaves_nothing(Troupe troupe) {
        for (String name : List.of("prestart", "createRuntime", "createContainer")) {
            Bundle bundle = Bundle.sleeping(troupe.directory())
                    .set("/hooks/" + name, "[" + hook("echo for this; exit 5") + "]");

            Result create = troupe.run("create", "--bundle", bundle.path().toString(), "unhooked")
                    .failsWithOneLine();

            assertThat(create.err()).contains("hook " + name + "[0] /bin/sh: exited with status 5: for this\n");
            troupe.run("state", "unhooked").failsWithOneLine();
            troupe.verifiesClean();
        }
    }

    private static Bundle failingPoststart(Troupe troupe) {
        return Bundle.sleeping(troupe.directory())
                .set("/hooks/poststart", "[" + hook("echo for this; exit 5") + "," + hook("touch second") + "]")
                .set("/hooks/poststop", "[" + hook("touch stopped") + "]");
    }

    /** runtime.md, "Lifecycle", step 9. */
    @Test
    void a_failing_poststart_hook_fails_start_and_stops_the_container(Troupe troupe) {
        Bundle bundle = failingPoststart(troupe);
        troupe.run("create", "--bundle", bundle.path().toString(), "poststarted")
                .succeeds();

        assertThat(troupe.run("start", "poststarted").failsWithOneLine().err())
                .contains("hook poststart[0] /bin/sh: exited with status 5: for this\n");
        assertThat(troupe.status("poststarted")).isEqualTo("stopped");
        assertThat(bundle.path().resolve("second")).doesNotExist();
        assertThat(troupe.run("history", "poststarted").succeeds().out()).contains("hook poststart[0]");
        troupe.run("delete", "poststarted").succeeds();
        assertThat(bundle.path().resolve("stopped")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--detach", "--keep", "--no-pivot"})
    void it_fails_run_too_which_leaves_nothing_unless_it_shall(String option, Troupe troupe) {
        Bundle bundle = failingPoststart(troupe);

        Result run = troupe.run("run", option, "--bundle", bundle.path().toString(), "poststarted")
                .failsWithOneLine();

        assertThat(run.err()).contains("hook poststart[0] /bin/sh: exited with status 5");
        assertThat(bundle.path().resolve("second")).doesNotExist();
        if (option.equals("--keep")) {
            assertThat(troupe.status("poststarted")).isEqualTo("stopped");
            troupe.run("delete", "poststarted").succeeds();
        }
        assertThat(troupe.ids()).doesNotContain("poststarted");
        assertThat(bundle.path().resolve("stopped")).exists();
        troupe.verifiesClean();
    }

    @Test
    void a_failing_poststop_hook_is_a_warning(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                .set("/hooks/poststop", "[" + hook("exit 5") + "," + hook("touch second") + "]");

        troupe.run("run", "--bundle", bundle.path().toString(), "poststopped").succeeds();

        assertThat(bundle.path().resolve("second")).exists();
    }

    /** Standard error is the container's own where podman or docker call. */
    @Test
    void what_a_hook_writes_that_does_well_is_nobodys(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "echo", "program");
        IN_ORDER.forEach(name -> bundle.set("/hooks/" + name, "[" + hook("echo noise; echo noise >&2") + "]"));

        Result run =
                troupe.run("run", "--bundle", bundle.path().toString(), "quiet").succeeds();

        assertThat(run.out()).isEqualTo("program\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void what_hooks_write_goes_to_files_that_annotations_name(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "echo", "program");
        for (String name : IN_ORDER) {
            bundle.set("/hooks/" + name, "[" + hook("echo " + name + "; echo no " + name + " >&2") + "]");
        }
        bundle.set(
                "/annotations",
                "{\"run.oci.hooks.stdout\": \"out\", \"run.oci.hooks.stderr\": \"%s\"}"
                        .formatted(bundle.path().resolve("err")));

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "hooked")
                .succeeds();

        assertThat(run.out()).isEqualTo("program\n");
        assertThat(run.err()).isEmpty();
        assertThat(Host.lines(bundle.path().resolve("out"))).containsExactlyInAnyOrderElementsOf(IN_ORDER);
        assertThat(Host.lines(bundle.path().resolve("err"))).hasSize(6).contains("no poststop");
    }

    @Test
    void a_failing_start_hook_fails_start(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory()).set("/hooks/startContainer", "[" + hook("exit 5") + "]");
        troupe.run("create", "--bundle", bundle.path().toString(), "unstarted").succeeds();

        troupe.run("start", "unstarted").failsWithOneLine();

        assertThat(troupe.status("unstarted")).isEqualTo("stopped");
        troupe.run("delete", "unstarted").succeeds();
    }

    /** runtime.md, "Lifecycle", step 13. */
    @Test
    void one_of_poststop_that_fails_is_a_warning(Troupe troupe) {
        String bundle = Bundle.shell(troupe.directory(), "echo program")
                .set("/hooks/poststop", "[" + hook("exit 6") + "]")
                .path()
                .toString();
        Path log = troupe.directory().resolve("hooks.log");

        assertThat(troupe.run("run", "--bundle", bundle, "warned").succeeds().err())
                .isEqualTo("troupe: warning: container warned: hook poststop[0] /bin/sh: exited with status 6\n");
        assertThat(troupe.run("--log", log.toString(), "run", "--bundle", bundle, "warned")
                        .succeeds()
                        .err())
                .isEmpty();
        assertThat(Host.lines(log)).singleElement().asString().contains("level=warning", "exited with status 6");
    }

    @Test
    void a_hook_that_takes_too_long_is_ended(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set(
                        "/hooks/createRuntime",
                        "[{\"path\": \"/bin/sleep\", \"args\": [\"sleep\", \"3600\"], \"timeout\": 1}]");

        assertThat(troupe.run("create", "--bundle", bundle.path().toString(), "patience")
                        .failsWithOneLine()
                        .err())
                .contains("/bin/sleep");
        troupe.verifiesClean();
    }
}
