package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whose cgroups a container gets, and whose it never gets. */
@RootTest
class CgroupsIT {

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
}
