package io.troupe.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With the kernel's own cgroups of version 2, wherever they are mounted. */
@Tag("root")
class DeviceFilterTest {
    private static final byte[] NOTHING = answer(0);
    private static final byte[] ALL = answer(1);

    private Path cgroup;

    private static byte[] answer(int value) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xb7)
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(value)
                .put((byte) 0x95)
                .array();
    }

    @BeforeEach
    void make() throws IOException {
        Path top = Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" ", -1))
                .filter(words -> words[2].equals("cgroup2"))
                .map(words -> Path.of(words[1]))
                .findFirst()
                .orElse(null);
        assumeTrue(top != null, "cgroup version 2 is not mounted");
        cgroup = Files.createDirectory(
                top.resolve("troupe-test-" + ProcessHandle.current().pid()));
    }

    @AfterEach
    void remove() throws IOException {
        if (cgroup != null) {
            Files.delete(cgroup);
        }
    }

    private boolean opensZero() throws Exception {
        Process process = new ProcessBuilder(
                        "sh", "-c", "echo $$ >" + cgroup + "/cgroup.procs && exec head -c 1 /dev/zero")
                .start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() == 0;
    }

    @Test
    void one_rules_after_the_other_and_the_former_again() throws Exception {
        assertThat(opensZero()).isTrue();
        try (DeviceFilter _ = DeviceFilter.replace(cgroup, NOTHING)) {
            assertThat(opensZero()).isFalse();
        }
        try (DeviceFilter second = DeviceFilter.replace(cgroup, ALL)) {
            assertThat(opensZero()).isTrue();
            second.putBack();
            assertThat(opensZero()).isFalse();
        }
        assertThat(opensZero()).as("it stays when it is closed").isFalse();
        DeviceFilter.replace(cgroup, ALL).close();
        assertThat(opensZero()).isTrue();
    }

    @Test
    void the_first_one_is_taken_away_again() throws Exception {
        try (DeviceFilter first = DeviceFilter.replace(cgroup, NOTHING)) {
            first.putBack();
        }
        assertThat(opensZero()).isTrue();
    }

    @Test
    void it_is_told_whether_it_is_there_already() throws Exception {
        assertThat(DeviceFilter.isAttached(cgroup, ALL)).isFalse();
        DeviceFilter.replace(cgroup, ALL).close();
        assertThat(DeviceFilter.isAttached(cgroup, ALL)).isTrue();
        assertThat(DeviceFilter.isAttached(cgroup, NOTHING)).isFalse();
    }

    @Test
    void what_is_no_program_is_refused_and_the_former_stays() throws Exception {
        DeviceFilter.replace(cgroup, NOTHING).close();
        assertThatThrownBy(() -> DeviceFilter.replace(cgroup, new byte[16]))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("BPF_PROG_LOAD");
        assertThat(opensZero()).isFalse();
    }
}
