package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.Bytecode;
import io.troupe.launch.Step;
import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Mounts and devices, as podman writes them. */
class FileSystemStepsTest {
    private static final HostFacts HOST = new HostFacts(
            "6.18",
            "boot",
            new CgroupLayout(List.of(), Optional.empty()),
            40,
            -1,
            true,
            0,
            HostFacts.DELEGATE,
            SecurityModules.NONE);
    private static final LaunchContext CONTEXT = new LaunchContext(
            ContainerName.of("web1"), "/run/c", new ConsoleWish.None(), Handover.NONE, false, false, true, false, HOST);
    private static final String HEAD = """
            {"ociVersion": "1.0.2", "root": {"path": "rootfs"},
             "process": {"args": ["sh"], "cwd": "/", "user": {"uid": 0, "gid": 0}},
            """;

    @Test
    void a_tmpfs_with_a_copy_is_sealed_once_it_is_filled() {
        List<Step> child = child("""
                "mounts": [{"destination": "/t", "type": "tmpfs", "source": "tmpfs",
                            "options": ["rprivate", "nosuid", "ro", "tmpcopyup", "size=1m"]}],
                "linux": {"namespaces": [{"type": "mount"}]}}
                """);

        assertThat(child)
                .containsSubsequence(
                        new Step.Mount("tmpfs", "tmpfs", "/t", 2, List.of("size=1m"), 0x4_4000, true),
                        new Step.Remount("/t", 1, 0));
    }

    @Test
    void the_ptmx_that_podman_lists_for_a_privileged_container_stays_a_link() {
        List<Step> child = child("""
                "linux": {"namespaces": [{"type": "mount"}],
                          "devices": [{"path": "/dev/ptmx", "type": "c", "major": 5, "minor": 2},
                                      {"path": "/dev/kmsg", "type": "c", "major": 1, "minor": 11}]}}
                """);

        assertThat(child)
                .contains(new Step.Symlink("pts/ptmx", "/dev/ptmx"))
                .noneMatch(step ->
                        step instanceof Step.Device device && device.target().equals("/dev/ptmx"))
                .anyMatch(step ->
                        step instanceof Step.Device device && device.target().equals("/dev/kmsg"));
    }

    private static List<Step> child(String rest) {
        byte[] json = (HEAD + rest).getBytes(StandardCharsets.UTF_8);
        return new Planner(_ -> new Bytecode(new byte[8]))
                .create(BundleReader.of(Path.of("/b"), json), CONTEXT)
                .plan()
                .child();
    }
}
