package io.troupe.supervisor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.UnixServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {
    @TempDir
    private Path directory;

    @Test
    void what_was_made_is_removed() throws IOException {
        RunFiles files = new RunFiles(directory, 1);
        try (UnixServer _ = files.listen()) {
            files.writePid();

            files.remove();
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_another_supervisor_has_made_there_since_stays() throws IOException {
        RunFiles files = new RunFiles(directory, 1);
        RunFiles others = new RunFiles(directory, 2);
        try (UnixServer _ = files.listen();
                UnixServer _ = others.listen()) {
            files.writePid();
            others.writePid();

            files.remove();

            assertThat(others.socket()).exists();
            assertThat(directory.resolve("supervisor.pid")).hasContent("2\n");
        }
    }

    @Test
    void what_is_gone_is_nothing_to_it() throws IOException {
        RunFiles files = new RunFiles(directory, 1);
        try (UnixServer _ = files.listen()) {
            Files.delete(files.socket());

            files.remove();
        }

        assertThat(directory).isEmptyDirectory();
    }
}
