package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On plain directories, which have what of a cgroup is read. */
class CgroupsTest {
    @TempDir
    private Path host;

    private Path own;
    private Path below;

    @BeforeEach
    void make() throws IOException {
        own = host.resolve("own");
        below = Files.createDirectories(own.resolve("a/b"));
    }

    @Test
    void processes_are_those_of_all_cgroups_and_of_the_ones_below_each_once() throws IOException {
        Path other = Files.createDirectory(host.resolve("other"));
        Files.writeString(own.resolve("cgroup.procs"), "12\n7\n");
        Files.writeString(below.resolve("cgroup.procs"), "7\n\n99\n");
        Files.writeString(other.resolve("cgroup.procs"), "12\n");
        assertThat(Cgroups.processes(List.of(own.toString(), other.toString()))).containsExactlyInAnyOrder(7, 12, 99);
    }

    @Test
    void a_cgroup_that_is_not_there_has_no_processes_and_needs_no_removal() throws IOException {
        List<String> none = List.of(host.resolve("none").toString());
        assertThat(Cgroups.processes(none)).isEmpty();
        assertThat(Cgroups.remove(none)).isEmpty();
        assertThat(Cgroups.signal(none, 15)).isZero();
    }

    @Test
    void a_cgroup_is_removed_with_those_below_it() {
        assertThat(Cgroups.remove(List.of(own.toString()))).isEmpty();
        assertThat(own).doesNotExist();
    }

    @Test
    void what_cannot_be_removed_is_named_and_the_others_go() throws IOException {
        Files.writeString(below.resolve("file"), "");
        Path other = Files.createDirectory(host.resolve("other"));
        assertThat(Cgroups.remove(List.of(own.toString(), other.toString())))
                .singleElement()
                .asString()
                .startsWith("cgroup " + own + ": ")
                .contains(below.toString());
        assertThat(other).doesNotExist();
    }

    @Test
    void kills_for_want_of_memory_are_counted_by_either_version() throws IOException {
        assertThat(Cgroups.outOfMemoryKills(List.of(own.toString()))).isZero();
        Files.writeString(own.resolve("memory.oom_control"), "oom_kill_disable 1\nunder_oom 0\noom_kill 2\n");
        assertThat(Cgroups.outOfMemoryKills(List.of(host.toString(), own.toString())))
                .isEqualTo(2);
        Files.writeString(own.resolve("memory.events"), "low 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 5\n");
        assertThat(Cgroups.outOfMemoryKills(List.of(own.toString()))).isEqualTo(3);
    }

    @Test
    void an_old_kernel_that_does_not_count_has_killed_nobody() throws IOException {
        Files.writeString(own.resolve("memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\n");
        assertThat(Cgroups.outOfMemoryKills(List.of(own.toString()))).isZero();
    }
}
