package io.troupe.supervisor.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.supervisor.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcHostTest {
    @TempDir
    private Path containers;

    @Test
    void this_process_lives_and_one_that_began_at_another_time_does_not() throws IOException {
        ProcHost host = new ProcHost(containers);
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        String stat = Files.readString(Path.of("/proc/self/stat"));
        long ticks = Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
        int pid = (int) ProcessHandle.current().pid();

        assertThat(host.lives(new ProcessIdentity(boot, pid, ticks))).isTrue();
        assertThat(host.lives(new ProcessIdentity(boot, pid, ticks + 1))).isFalse();
        assertThat(host.lives(new ProcessIdentity("another boot", pid, ticks))).isFalse();
        assertThat(host.lives(new ProcessIdentity(boot, 1 << 30, ticks))).isFalse();
    }

    @Test
    void only_directories_of_mode_0700_are_private() throws IOException {
        Path mine = directory("web1", "rwx------");
        directory("open", "rwxr-xr-x");
        Files.createSymbolicLink(containers.resolve("link"), mine);
        Files.createFile(containers.resolve("file"));

        assertThat(new ProcHost(containers).privateDirectories()).containsExactly(mine.toString());
        assertThat(new ProcHost(containers.resolve("none")).privateDirectories())
                .isEmpty();
    }

    @Test
    void a_link_in_a_private_directory_goes_and_its_target_stays() throws IOException {
        Path mine = directory("web1", "rwx------");
        Path kept = Files.createFile(containers.resolve("kept"));
        Files.createSymbolicLink(mine.resolve("start.sock"), kept);

        new ProcHost(containers).removePrivateDirectory(mine.toString());

        assertThat(mine).doesNotExist();
        assertThat(kept).exists();
        new ProcHost(containers).removePrivateDirectory(mine.toString());
    }

    @Test
    void cgroups_that_a_private_directory_claims_go_with_it() throws IOException {
        Path mine = directory("web1", "rwx------");
        Path cgroup = Files.createDirectory(containers.resolve("cgroup"));
        Files.write(mine.resolve("cgroups"), List.of(cgroup.toString(), cgroup + "/none"));

        new ProcHost(containers).removePrivateDirectory(mine.toString());

        assertThat(mine).doesNotExist();
        assertThat(cgroup).doesNotExist();
    }

    @Test
    void what_is_not_private_is_not_removed() throws IOException {
        Path open = directory("open", "rwxr-xr-x");
        ProcHost host = new ProcHost(containers);

        assertThatThrownBy(() -> host.removePrivateDirectory(open.toString()))
                .hasMessage(open + " is no private directory in " + containers);
        assertThatThrownBy(() -> host.removePrivateDirectory("/tmp")).isInstanceOf(IOException.class);
        assertThat(open).exists();
    }

    /** Containers that are being deleted remove theirs while recovery looks. */
    @Test
    void a_directory_that_goes_meanwhile_is_no_failure() throws Exception {
        ProcHost host = new ProcHost(containers);
        Thread deleting = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 300; i++) {
                    Files.delete(directory("web1", "rwx------"));
                }
            } catch (IOException problem) {
                throw new java.io.UncheckedIOException(problem);
            }
        });
        while (deleting.isAlive()) {
            assertThat(host.privateDirectories()).hasSizeLessThan(2);
        }
        deleting.join();
    }

    @Test
    void the_root_is_a_mount_point() throws IOException {
        assertThat(new ProcHost(containers).mountPoints()).contains("/", "/proc");
    }

    @Test
    void a_park_is_known_by_its_words() throws IOException, InterruptedException {
        String socket = containers.resolve("park.sock").toString();
        Process park = new ProcessBuilder("sh", "-c", "echo; read line", "sh", "--park", socket).start();
        int _ = park.getInputStream().read(); // its words are there from its execve(2) on

        assertThat(new ProcHost(containers).parks(socket)).containsExactly((int) park.pid());
        assertThat(new ProcHost(containers).parks(socket + "2")).isEmpty();

        park.destroyForcibly().waitFor();
        assertThat(new ProcHost(containers).parks(socket)).isEmpty();
    }

    private Path directory(String name, String mode) throws IOException {
        return Files.setPosixFilePermissions(
                Files.createDirectory(containers.resolve(name)), PosixFilePermissions.fromString(mode));
    }
}
