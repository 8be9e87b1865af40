package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Whose cgroups a container gets, and whose it never gets. */
@RootTest
class CgroupsIT {
    /** In a mount namespace of its own, where nobody else sees it: moves the hierarchy of pids away and back. */
    private static final String MOVE_PIDS = """
            set -e
            "$TROUPE" run --detach --bundle "$1" before
            mount -t cgroup -o pids troupe-test "$2"
            umount /sys/fs/cgroup/pids
            "$TROUPE" run --detach --bundle "$1" during
            find "$2" -name during
            "$TROUPE" delete --force during
            mount -t cgroup -o pids troupe-test /sys/fs/cgroup/pids
            umount "$2"
            "$TROUPE" run --detach --bundle "$1" after
            find /sys/fs/cgroup/pids -name after
            "$TROUPE" delete --force after
            "$TROUPE" delete --force before
            "$TROUPE" supervisor verify >&2
            "$TROUPE" supervisor stop
            """;

    @Test
    void a_hierarchy_that_is_mounted_elsewhere_meanwhile_is_found_there(Troupe shared) throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/sys/fs/cgroup/pids")), "no version 1 hierarchy of pids");
        try (Troupe troupe = new Troupe()) {
            Path elsewhere = Files.createDirectory(troupe.directory().resolve("elsewhere"));
            Bundle bundle = Bundle.sleeping(shared.directory());

            Result moved = Call.of(
                            "unshare",
                            "--mount",
                            "--propagation=private",
                            "sh",
                            "-c",
                            MOVE_PIDS,
                            "sh",
                            bundle.path().toString(),
                            elsewhere.toString())
                    .with(troupe.environment())
                    .with("TROUPE", Troupe.BINARY.toString())
                    .run()
                    .succeeds();

            assertThat(moved.out().lines())
                    .satisfiesExactly(
                            during -> assertThat(during)
                                    .startsWith(elsewhere + "/")
                                    .endsWith("/during"),
                            after -> assertThat(after)
                                    .startsWith("/sys/fs/cgroup/pids/")
                                    .endsWith("/after"));
        }
    }

    @Test
    void one_that_others_are_in_is_refused_and_they_live_on(Troupe troupe) {
        Bundle first = Bundle.sleeping(troupe.directory()).set("/linux/cgroupsPath", "\"/troupe-it-shared\"");
        troupe.runDetached("first", first);

        assertThat(troupe.run("create", "--bundle", first.path().toString(), "second")
                        .failsWithOneLine()
                        .err())
                .contains("troupe-it-shared: it has 1 process in it, which would end with the container");

        assertThat(Host.runs(troupe.pid("first"))).isTrue();
        troupe.run("delete", "--force", "first").succeeds();
    }

    @Test
    void an_id_that_is_taken_is_told_as_such(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.runDetached("taken", bundle);

        assertThat(troupe.run("create", "--bundle", bundle.path().toString(), "taken")
                        .failsWithOneLine()
                        .err())
                .contains("the id is taken by a container that is running");

        troupe.run("delete", "--force", "taken").succeeds();
    }

    /** In a mount namespace of its own: a root who may not make cgroups of pids. */
    private static final String PIDS_READ_ONLY = """
            mount -o remount,bind,ro /sys/fs/cgroup/pids
            "$TROUPE" run --bundle "$1" denied >&2 || echo denied
            "$TROUPE" --rootless=true run --bundle "$1" without
            "$TROUPE" supervisor stop
            """;

    @Test
    void as_another_user_root_does_without_those_that_cannot_be_made(Troupe shared) throws IOException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/sys/fs/cgroup/pids/cgroup.procs")), "pids has no version 1 hierarchy here");
        Path bundle = Bundle.running(shared.directory(), "grep", "-E", ":(pids|memory):", "/proc/self/cgroup")
                .path();
        Path run = Files.createTempDirectory(shared.directory(), "readonly-");

        Result result = Call.of("unshare", "--mount", "sh", "-c", PIDS_READ_ONLY, "sh", bundle.toString())
                .with("TROUPE", Troupe.BINARY.toString())
                .with("TROUPE_RUN", run.resolve("run").toString())
                .with("TROUPE_DATA", run.resolve("data").toString())
                .run()
                .succeeds();

        assertThat(result.err()).contains("/sys/fs/cgroup/pids").contains("EROFS");
        assertThat(result.out()).startsWith("denied\n").contains("/without").doesNotContain(":pids:/troupe");
    }

    @Test
    void a_bundle_that_names_none_gets_one_below_ours(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.runDetached("system.slice", bundle);

        Path cgroup = Host.cgroup(troupe.pid("system.slice"), "pids").orElseThrow();
        assertThat(cgroup.getFileName()).hasToString("system.slice");
        assertThat(cgroup.getParent().getFileName().toString()).startsWith("troupe");

        troupe.run("delete", "--force", "system.slice").succeeds();
        assertThat(cgroup).doesNotExist();
    }

    @Test
    void without_a_manager_it_stays_in_its_callers(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        String id = "unmanaged";
        troupe.run(
                        "--cgroup-manager",
                        "disabled",
                        "run",
                        "--detach",
                        "--bundle",
                        bundle.path().toString(),
                        id)
                .succeeds();

        assertThat(Host.text(Path.of("/proc", Integer.toString(troupe.pid(id)), "cgroup")))
                .isEqualTo(Host.text(Path.of("/proc/self/cgroup")));
        assertThat(troupe.run("pause", id).failsWithOneLine().err()).contains("cgroup");
        troupe.run("exec", id, "true").succeeds();
        troupe.run("delete", "--force", id).succeeds();

        bundle.set("/linux/resources", "{\"memory\": {\"limit\": 67108864}}");
        assertThat(troupe.run(
                                "--cgroup-manager=disabled",
                                "run",
                                "--bundle",
                                bundle.path().toString(),
                                id)
                        .failsWithOneLine()
                        .err())
                .contains("linux.resources.memory.limit", "the container gets no cgroups");
    }
}
