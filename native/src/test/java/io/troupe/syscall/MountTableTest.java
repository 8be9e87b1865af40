package io.troupe.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class MountTableTest {
    /** Others on this machine may mount something meanwhile. */
    private static final int PATIENCE = 1000;

    @TempDir
    private Path directory;

    @Test
    void a_mount_that_comes_or_goes_is_noticed_once() throws Exception {
        try (MountTable table = MountTable.open()) {
            assertThat(calmsDown(table)).isTrue();
            run("mount", "-t", "tmpfs", "troupe-test", directory.toString());
            try {
                assertThat(table.hasChanged()).isTrue();
                assertThat(calmsDown(table)).isTrue();
            } finally {
                run("umount", directory.toString());
            }
            assertThat(table.hasChanged()).isTrue();
            assertThat(calmsDown(table)).isTrue();
        }
    }

    private static boolean calmsDown(MountTable table) throws SyscallException {
        for (int i = 0; i < PATIENCE; i++) {
            if (!table.hasChanged()) {
                return true;
            }
        }
        return false;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
