package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a process of its own in a cgroup of its own, where this user may make one. */
class FreezerTest {

    @ParameterizedTest
    @ValueSource(strings = {"/sys/fs/cgroup/freezer", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"})
    void a_process_stops_and_goes_on(String hierarchy) throws IOException {
        Path root = Path.of(hierarchy);
        Assumptions.assumeTrue(Files.exists(root.resolve("cgroup.procs")), "no cgroups at " + hierarchy);
        Assumptions.assumeTrue(Files.isWritable(root), "cgroups can be made by root only");
        Path cgroup =
                root.resolve("troupe-freezer-test-" + ProcessHandle.current().pid());
        Files.createDirectory(cgroup);
        Process process = new ProcessBuilder("sleep", "60").start();
        try (EventLoop loop = new EventLoop("test", problem -> {})) {
            Files.writeString(cgroup.resolve("cgroup.procs"), Long.toString(process.pid()));
            Freezer freezer = Freezer.of(List.of("/nowhere", cgroup.toString())).orElseThrow();

            assertThat(freezer.frozen()).isFalse();
            freezer.freeze(loop);
            assertThat(freezer.frozen()).isTrue();
            assertThat(state(cgroup)).isIn("FROZEN", "frozen 1");
            freezer.thaw();
            assertThat(freezer.frozen()).isFalse();

            freezer.freeze(loop);
            Cgroups.kill(List.of(cgroup.toString()), loop);
            assertThat(Cgroups.processes(List.of(cgroup.toString()))).isEmpty();
        } finally {
            process.destroyForcibly().onExit().join();
            Files.delete(cgroup);
        }
    }

    @Test
    void where_there_is_none_there_is_none() {
        assertThat(Freezer.of(List.of("/proc"))).isEqualTo(Optional.empty());
    }

    private static String state(Path cgroup) throws IOException {
        Path legacy = cgroup.resolve("freezer.state");
        return Files.exists(legacy)
                ? Files.readString(legacy).trim()
                : Files.readString(cgroup.resolve("cgroup.events"))
                        .lines()
                        .filter(line -> line.startsWith("frozen "))
                        .findFirst()
                        .orElseThrow();
    }
}
