package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.CommandLine.Level;
import io.troupe.protocol.CommandLine.LogTarget;
import io.troupe.protocol.CommandLine.Logged;
import io.troupe.protocol.CommandLine.Renderer;
import io.troupe.protocol.CommandLine.Rendering;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.Reply;
import io.troupe.syscall.DatagramReceiver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureLogTest {
    private static final Failure FAILURE = new Failure(FailureCode.SYSTEM, "where", "what", "");

    @TempDir
    private Path directory;

    /** Writes what it is given. */
    private static final Renderer PLAIN = new Renderer() {
        @Override
        public boolean tells(Level level) {
            return true;
        }

        @Override
        public Rendering render(Reply reply) {
            return new Rendering("", "", 1);
        }

        @Override
        public List<Logged> logged(Failure failure) {
            return List.of(new Logged(Level.ERROR, failure.line()), new Logged(Level.DEBUG, "more"));
        }

        @Override
        public String logLine(Logged logged, Instant at) {
            return logged.level().word() + " " + logged.message() + "\n";
        }
    };

    private FailureLog log() {
        return new FailureLog(directory + "/journal", directory + "/log");
    }

    @Test
    void a_file_is_appended_to() {
        Path file = directory.resolve("file");
        assertThat(log().write(new LogTarget.File(file.toString()), FAILURE, PLAIN))
                .isEmpty();
        assertThat(log().write(new LogTarget.File(file.toString()), FAILURE, PLAIN))
                .isEmpty();
        assertThat(file).hasContent("error where: what\ndebug more\nerror where: what\ndebug more\n");
    }

    @Test
    void the_journal_gets_an_entry_each_in_its_own_protocol() throws IOException {
        try (DatagramReceiver journal = DatagramReceiver.bind(directory.resolve("journal"), 0600)) {
            assertThat(log().write(new LogTarget.Journald("web"), FAILURE, PLAIN))
                    .isEmpty();
            assertThat(text(journal))
                    .isEqualTo("PRIORITY\n\1\0\0\0\0\0\0\0" + "3\nSYSLOG_IDENTIFIER\n\3\0\0\0\0\0\0\0web\n"
                            + "MESSAGE\n\13\0\0\0\0\0\0\0where: what\n");
            assertThat(text(journal)).contains("7\n", "more\n");
        }
    }

    @Test
    void syslog_gets_a_line_each() throws IOException {
        try (DatagramReceiver syslog = DatagramReceiver.bind(directory.resolve("log"), 0600)) {
            assertThat(log().write(new LogTarget.Syslog("web"), FAILURE, PLAIN)).isEmpty();
            assertThat(text(syslog)).matches("<11>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} web: where: what");
            assertThat(text(syslog)).startsWith("<15>").endsWith(" web: more");
        }
    }

    @Test
    void what_cannot_be_written_is_told() {
        assertThat(log().write(new LogTarget.File(directory + "/none/file"), FAILURE, PLAIN))
                .isEqualTo("troupe: --log " + directory
                        + "/none/file: it cannot be written: its directory does not exist\n");
        assertThat(log().write(new LogTarget.Journald("web"), FAILURE, PLAIN))
                .startsWith("troupe: --log journald:web: it cannot be written: ")
                .contains("ENOENT");
    }

    private static String text(DatagramReceiver receiver) throws IOException {
        byte[] bytes = new byte[4096];
        int length = receiver.receive(bytes);
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
