package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPointsTest {
    @Test
    void null_devices_over_files_are_masks() {
        String mountinfo = """
                118 91 254:0 /rootfs / rw - ext4 /dev/vda rw
                119 118 0:42 / /proc rw - proc proc rw
                140 119 0:48 / /proc/acpi ro - tmpfs none ro
                141 119 0:6 /null /proc/keys rw - devtmpfs devtmpfs rw
                142 119 0:6 /null /proc/with\\040blank rw - devtmpfs devtmpfs rw
                """;

        assertThat(MountPoints.ofNullDevices(mountinfo)).containsExactlyInAnyOrder("/proc/keys", "/proc/with blank");
    }

    @Test
    void links_are_followed_inside_the_root(@TempDir Path rootfs) throws Exception {
        Files.createDirectories(rootfs.resolve("run/lock"));
        Files.createDirectories(rootfs.resolve("var"));
        Files.createSymbolicLink(rootfs.resolve("var/run"), Path.of("/run"));
        Files.createSymbolicLink(rootfs.resolve("var/lock"), Path.of("../../../run/lock"));
        Files.createSymbolicLink(rootfs.resolve("loop"), Path.of("loop"));

        assertThat(MountPoints.resolved(rootfs, "/var/run/secrets/x")).isEqualTo("/run/secrets/x");
        assertThat(MountPoints.resolved(rootfs, "/var/lock")).isEqualTo("/run/lock");
        assertThat(MountPoints.resolved(rootfs, "/data")).isEqualTo("/data");
        assertThat(MountPoints.resolved(rootfs, "/loop/a")).isEqualTo("/loop/a");
    }
}
