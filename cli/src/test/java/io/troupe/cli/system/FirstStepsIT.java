package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the README tells a newcomer to type. */
@RootTest
class FirstStepsIT {

    @Test
    void a_container_needs_neither_image_nor_configuration(Troupe troupe) {
        Result hello = troupe.run("run", "--rootfs", "/", "hello", "--", "echo", "hello from a container")
                .succeeds();

        assertThat(hello.out()).isEqualTo("hello from a container\n");
        assertThat(hello.err()).isEmpty();
    }

    @Test
    void its_exit_status_is_the_programs(Troupe troupe) {
        troupe.run("run", "--rootfs", "/", "status", "--", "sh", "-c", "exit 42")
                .exits(42);
    }

    @Test
    void the_hosts_files_are_read_only_in_it(Troupe troupe) {
        Result touch = troupe.run("run", "--rootfs", "/", "touch", "--", "touch", "/etc/troupe-was-here");

        assertThat(touch.exit()).as(touch.toString()).isNotZero();
        assertThat(touch.err()).contains("Read-only file system");
    }

    @Test
    void it_has_its_own_processes_and_host_name(Troupe troupe) {
        Result facts = troupe.run("run", "--rootfs", "/", "facts", "--", "sh", "-c", "echo $$; hostname")
                .succeeds();

        assertThat(facts.out().lines()).first().isEqualTo("1");
        assertThat(facts.out()).doesNotContain(Host.text(java.nio.file.Path.of("/proc/sys/kernel/hostname")) + "\n");
    }

    @Test
    void a_run_leaves_a_history_and_no_container(Troupe troupe) {
        troupe.run("run", "--rootfs", "/", "past", "--", "sh", "-c", "exit 3").exits(3);

        assertThat(troupe.ids()).doesNotContain("past");
        assertThat(troupe.run("history", "past").succeeds().out()).contains("3");
        assertThat(troupe.run("why", "past").succeeds().out()).contains("3");
        troupe.endedWith("past", 3);
    }

    @Test
    void help_is_everywhere(Troupe troupe) {
        for (String command : java.util.List.of(
                "create",
                "start",
                "state",
                "kill",
                "delete",
                "run",
                "list",
                "exec",
                "wait",
                "history",
                "events",
                "why",
                "plan",
                "spec",
                "info",
                "supervisor",
                "version")) {
            assertThat(troupe.run(command, "--help").succeeds().out())
                    .as(command)
                    .containsIgnoringCase("usage");
        }
    }

    @Test
    void plan_prints_and_touches_nothing(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());

        String text = troupe.run("plan", bundle.path().toString()).succeeds().out();
        Result json =
                troupe.run("plan", "--format", "json", bundle.path().toString()).succeeds();

        assertThat(text).contains("/proc");
        assertThat(json.json().isObject()).isTrue();
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
    }

    @Test
    void spec_writes_a_configuration_that_runs(Troupe troupe) throws java.io.IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true");
        java.nio.file.Files.delete(bundle.path().resolve("config.json"));

        troupe.run("spec", "--bundle", bundle.path().toString()).succeeds();
        assertThat(java.nio.file.Files.getPosixFilePermissions(bundle.path().resolve("config.json")))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        troupe.run("spec", "--bundle", bundle.path().toString(), "--file", "another.json")
                .succeeds();
        assertThat(bundle.path().resolve("another.json"))
                .hasSameTextualContentAs(bundle.path().resolve("config.json"));
        assertThat(troupe.run("spec", "--bundle", bundle.path().toString(), "-f", "another.json")
                        .failsWithOneLine()
                        .err())
                .contains("another.json: it exists");
        String written = java.nio.file.Files.readString(bundle.path().resolve("config.json"));
        bundle.raw(written.replace("\"terminal\" : true", "\"terminal\" : false")
                .replace("\"terminal\": true", "\"terminal\": false"));

        assertThat(troupe.call("run", "--bundle", bundle.path().toString(), "from-spec")
                        .reading("echo it runs\n")
                        .run()
                        .succeeds()
                        .out())
                .contains("it runs");
    }

    @Test
    void supervisor_status_says_where_things_are(Troupe troupe) {
        var status = troupe.run("supervisor", "status", "--format", "json")
                .succeeds()
                .json();

        assertThat(status.path("pid").asInt()).isPositive();
        assertThat(status.toString())
                .contains(
                        troupe.runDirectory().toString(), troupe.dataDirectory().toString());
    }
}
