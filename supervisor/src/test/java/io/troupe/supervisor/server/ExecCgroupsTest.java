package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.process.Footprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecCgroupsTest {
    @TempDir
    private Path host;

    private ExecCgroups legacy() throws IOException {
        Files.createDirectories(host.resolve("pids/box/sub"));
        Files.createDirectories(host.resolve("cpu,cpuacct/box/sub"));
        Files.createDirectories(host.resolve("cpu,cpuacct/box/more"));
        Files.createDirectories(host.resolve("pids/boxes"));
        CgroupLayout layout = new CgroupLayout(
                List.of(
                        new Hierarchy(List.of("pids"), host + "/pids", "/"),
                        new Hierarchy(List.of("cpu", "cpuacct"), host + "/cpu,cpuacct", "/"),
                        new Hierarchy(List.of("cpuset"), host + "/cpuset", "/")),
                Optional.empty());
        return new ExecCgroups(
                layout,
                new Footprint(
                        "/run/c/box",
                        List.of(host + "/pids/box", host + "/cpu,cpuacct/box"),
                        "",
                        List.of(),
                        List.of(host + "/cpuset/box")),
                host.resolve("membership"));
    }

    private ExecCgroups unified(String passedOn) throws IOException {
        Files.createDirectories(host.resolve("box/sub"));
        Files.writeString(host.resolve("box/cgroup.subtree_control"), passedOn);
        Path membership = Files.writeString(host.resolve("membership"), "0::/box/init.scope\n");
        CgroupLayout layout =
                new CgroupLayout(List.of(), Optional.of(new Hierarchy(List.of("pids"), host.toString(), "/")));
        return new ExecCgroups(layout, new Footprint("/run/c/box", List.of(host + "/box")), membership);
    }

    @Test
    void without_a_wish_they_are_the_containers() throws IOException {
        assertThat(legacy().files(List.of()))
                .containsExactly(host + "/pids/box/tasks", host + "/cpu,cpuacct/box/tasks");
    }

    @Test
    void one_that_an_update_has_made_is_among_them_once_it_takes_processes() throws IOException {
        Files.createDirectories(host.resolve("cpuset/box"));
        Files.writeString(host.resolve("cpuset/box/cpuset.cpus"), "0\n");
        Files.writeString(host.resolve("cpuset/box/cpuset.mems"), "\n");
        assertThat(legacy().files(List.of())).doesNotContain(host + "/cpuset/box/tasks");
        Files.writeString(host.resolve("cpuset/box/cpuset.mems"), "0\n");
        assertThat(legacy().files(List.of())).contains(host + "/cpuset/box/tasks");
    }

    @Test
    void who_entered_before_an_update_made_one_is_moved_there() throws IOException {
        ExecCgroups early = legacy();
        Files.createDirectories(host.resolve("cpuset/box"));
        Files.writeString(host.resolve("pids/box/cgroup.procs"), "4711\n");
        Files.writeString(host.resolve("cpuset/box/cgroup.procs"), "");
        early.follow();
        assertThat(host.resolve("cpuset/box/cgroup.procs")).isEmptyFile();

        Files.writeString(host.resolve("cpuset/box/cpuset.cpus"), "0\n");
        Files.writeString(host.resolve("cpuset/box/cpuset.mems"), "0\n");
        early.follow();
        assertThat(host.resolve("cpuset/box/cgroup.procs")).hasContent("4711");
    }

    @Test
    void one_path_is_meant_for_all() throws IOException {
        assertThat(legacy().files(List.of("sub")))
                .containsExactly(host + "/pids/box/sub/tasks", host + "/cpu,cpuacct/box/sub/tasks");
    }

    @Test
    void a_path_may_be_meant_for_controllers_and_the_rest_stays() throws IOException {
        assertThat(legacy().files(List.of("cpu,cpuacct:/more")))
                .containsExactly(host + "/pids/box/tasks", host + "/cpu,cpuacct/box/more/tasks");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pids:../boxes", "pids:/../../x", "pids:none", "cpuset:sub", "memory:sub", ":sub", "pids,:sub"})
    void what_cannot_be_meant_is_refused(String value) throws IOException {
        ExecCgroups cgroups = legacy();
        assertThatThrownBy(() -> cgroups.files(List.of(value)))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("--cgroup ");
    }

    @Test
    void why_is_told() throws IOException {
        ExecCgroups legacy = legacy();
        assertThatThrownBy(() -> legacy.files(List.of("pids:sub", "sub")))
                .hasMessage("--cgroup sub: it names no controller. Write CONTROLLER:PATH, or give --cgroup once");
        assertThatThrownBy(() -> legacy.files(List.of("memory:sub")))
                .hasMessageContaining("the container has no cgroup of a controller \"memory\"");
        ExecCgroups unified = unified("");
        assertThatThrownBy(() -> unified.files(List.of("pids:sub")))
                .hasMessageContaining("cgroups of version 2 have no controllers of their own");
    }

    @Test
    void two_paths_for_one_controller_are_refused() throws IOException {
        ExecCgroups cgroups = legacy();
        assertThatThrownBy(() -> cgroups.files(List.of("cpu:sub", "cpuacct:more")))
                .hasMessageContaining("its controller has another path already");
        assertThatThrownBy(() -> cgroups.files(List.of("pids:sub", "sub"))).hasMessageContaining("names no controller");
    }

    @Test
    void on_version_2_a_path_has_no_controller() throws IOException {
        ExecCgroups cgroups = unified("");
        assertThat(cgroups.files(List.of("sub"))).containsExactly(host + "/box/sub/cgroup.procs");
        assertThatThrownBy(() -> cgroups.files(List.of("pids:sub"))).hasMessageContaining("version 2");
    }

    @Test
    void on_version_2_a_divided_cgroup_is_left_for_the_one_of_its_process() throws IOException {
        assertThat(unified("\n").files(List.of())).containsExactly(host + "/box/cgroup.procs");
        assertThat(unified("pids\n").files(List.of())).containsExactly(host + "/box/init.scope/cgroup.procs");
    }
}
