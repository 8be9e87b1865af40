package io.troupe.supervisor.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there after the writing process was killed with SIGKILL. */
class KillTest {
    private static final int ENOUGH = 300;

    @TempDir
    Path directory;

    @Test
    void nothing_acknowledged_is_lost() throws IOException, InterruptedException {
        long acknowledged = 0;
        for (int life = 0; life < 3; life++) {
            acknowledged = Math.max(acknowledged, liveAndDie());
            try (Journal journal = Journal.open(settings(directory))) {
                List<JournalEntry> found = journal.queries().events("container|a");
                assertThat((long) found.size()).isGreaterThanOrEqualTo(acknowledged);
                assertThat(journal.queries().check()).isEmpty();
            }
        }
    }

    /** {@return the last sequence that the process said was written, before it was killed} */
    private long liveAndDie() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long last = 0;
        try (BufferedReader acknowledgements = process.inputReader()) {
            int lines = 0;
            for (String line = acknowledgements.readLine(); line != null; line = acknowledgements.readLine()) {
                if (line.endsWith(".")) { // a line that was cut short says nothing
                    last = Long.parseLong(line.substring(0, line.length() - 1));
                }
                if (++lines == ENOUGH) {
                    assertThat(process.toHandle().destroyForcibly()).isTrue(); // leaves its output readable
                }
            }
        }
        process.waitFor();
        assertThat(last).isPositive();
        return last;
    }

    private static JournalSettings settings(Path directory) {
        return new JournalSettings(
                directory.resolve("journal.db"),
                JournalSettings.Synchronous.NORMAL,
                Duration.ofDays(30),
                1_000_000,
                0,
                Set.of(),
                Set.of());
    }

    /** The process that is killed. */
    static final class Appender {
        private Appender() {}

        public static void main(String[] args) {
            Journal journal = Journal.open(settings(Path.of(args[0])));
            long next = journal.queries().stream("container|a")
                            .map(EventStream::highestSequence)
                            .orElse(0L)
                    + 1;
            while (true) {
                NewEvent event = new NewEvent(next, 1, "started", 1, 1, "{}");
                journal.submit(new Append("container|a", List.of(event))).join();
                System.out.print(next + ".\n");
                System.out.flush();
                next++;
            }
        }
    }
}
