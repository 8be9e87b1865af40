package io.troupe.supervisor.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path directory;

    private Path file;
    private Journal journal;

    @BeforeEach
    void open() {
        file = directory.resolve("journal.db");
        journal = Journal.open(settings(0, 1_000_000));
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void events_come_back_as_they_were_written_after_a_restart() {
        append("container|a", 1, "create-requested", "started");
        journal.close();
        journal = Journal.open(settings(0, 1_000_000));
        assertThat(journal.queries().events("container|a"))
                .extracting(JournalEntry::kind)
                .containsExactly("create-requested", "started");
    }

    @Test
    void the_file_is_for_its_owner_only() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_second_supervisor_is_refused() {
        assertThatThrownBy(() -> Journal.open(settings(0, 1)))
                .isInstanceOf(FailureException.class)
                .hasMessage("journal " + file
                        + ": another supervisor uses it, pid "
                        + ProcessHandle.current().pid()
                        + ". Stop that one, or choose another data directory for this one");
    }

    @Test
    void what_does_not_follow_is_refused_and_the_rest_of_its_group_is_not() {
        CompletableFuture<?> good = journal.submit(new Append("container|a", List.of(event(1, "started"))));
        CompletableFuture<?> gap = journal.submit(new Append("container|a", List.of(event(3, "started"))));
        CompletableFuture<?> other = journal.submit(new Append("container|b", List.of(event(1, "started"))));
        good.join();
        other.join();
        assertThatThrownBy(gap::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("event 3 of container|a does not follow the last one there");
        assertThat(journal.queries().events("container|a")).hasSize(1);
    }

    @Test
    void a_stream_lives_until_an_ending_and_again_after_a_beginning() {
        append("container|a", 1, "create-requested", "deleted", "exec-ended");
        assertThat(journal.queries().living("container|")).isEmpty();
        append("container|a", 4, "create-requested");
        assertThat(journal.queries().living("container|")).hasSize(1);
        assertThat(journal.queries().lastOfLiving("container|"))
                .extracting(JournalEntry::sequence)
                .containsExactly(4L);
    }

    @Test
    void the_highest_sequence_survives_the_deletion_of_all_events() {
        append("container|a", 1, "create-requested", "started", "exited");
        journal.submit(Journal.deleteEvents("container|a", Long.MAX_VALUE)).join();
        assertThat(journal.queries().events("container|a")).isEmpty();
        assertThat(journal.queries().stream("container|a").orElseThrow().highestSequence())
                .isEqualTo(3);
        append("container|a", 4, "started");
        assertThat(journal.queries().events("container|a"))
                .extracting(JournalEntry::sequence)
                .containsExactly(4L);
    }

    @Test
    void a_changed_record_is_refused_with_its_offset() throws SQLException {
        append("container|a", 1, "create-requested", "started", "exited");
        sql("UPDATE events SET payload = '{\"x\":2}' WHERE offset = 2");
        assertThatThrownBy(() -> journal.queries().events("container|a"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("the record at offset 2 (container|a, event 2) is damaged");
    }

    @Test
    void a_lost_record_is_refused_with_its_sequence() throws SQLException {
        append("container|a", 1, "create-requested", "started", "exited");
        sql("DELETE FROM events WHERE offset = 2");
        assertThatThrownBy(() -> journal.queries().events("container|a"))
                .hasMessageContaining("event 2 of container|a is missing");
        sql("DELETE FROM events WHERE offset = 3");
        assertThatThrownBy(() -> journal.queries().events("container|a"))
                .hasMessageContaining("event 2 of container|a is missing");
    }

    @Test
    void a_newer_schema_is_refused() throws SQLException {
        journal.close();
        sql("PRAGMA user_version = 99");
        assertThatThrownBy(() -> Journal.open(settings(0, 1)))
                .hasMessageContaining("it was written by a newer Troupe (schema 99, this one knows 1)");
    }

    @Test
    void an_opening_that_fails_late_leaves_nothing_open() throws SQLException, IOException {
        journal.close();
        sql("DROP TABLE writers");
        assertThatThrownBy(() -> Journal.open(settings(0, 1))).hasMessageContaining("no such table: writers");
        assertThat(openFiles()).noneMatch(open -> open.startsWith(file.toString()));
    }

    /** {@return what the descriptors of this process name} */
    private static List<String> openFiles() throws IOException {
        List<String> targets = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)) {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        return targets;
    }

    @Test
    void what_is_no_database_is_refused_and_left_as_it_is() throws IOException {
        Path other = directory.resolve("other/journal.db");
        Files.createDirectories(other.getParent());
        Files.writeString(other, "this is not a database, only a text that is long enough ".repeat(20));
        byte[] before = Files.readAllBytes(other);
        assertThatThrownBy(() -> Journal.open(new JournalSettings(
                        other, JournalSettings.Synchronous.NORMAL, Duration.ofDays(1), 1, 0, Set.of(), Set.of())))
                .hasMessageContaining("it is not an SQLite database (SQLITE_NOTADB)");
        assertThat(Files.readAllBytes(other)).isEqualTo(before);
    }

    @Test
    void a_full_disk_fails_the_write_loses_nothing_and_is_told() {
        journal.close();
        journal = Journal.open(settings(200_000, 1_000_000));
        int acknowledged = 0;
        Throwable refused = null;
        while (refused == null) {
            NewEvent event =
                    new NewEvent(acknowledged + 1, 1, "started", 1, 1, "{\"t\":\"" + "x".repeat(5_000) + "\"}");
            refused = journal.submit(new Append("container|a", List.of(event)))
                    .handle((_, problem) -> problem)
                    .join();
            acknowledged += refused == null ? 1 : 0;
        }
        assertThat(refused).hasMessageContaining("no space is left (SQLITE_FULL)");
        assertThat(journal.trouble()).isPresent();
        assertThat(journal.queries().events("container|a")).hasSize(acknowledged);
        // Once more: the first failure leaves a writer that works as soon as there is space.
        NewEvent again = new NewEvent(acknowledged + 1, 1, "started", 1, 1, "{\"t\":\"" + "x".repeat(5_000) + "\"}");
        assertThat(journal.submit(new Append("container|a", List.of(again)))
                        .handle((_, problem) -> problem)
                        .join())
                .hasMessageContaining("SQLITE_FULL");
    }

    @Test
    void retention_forgets_old_endings_and_nothing_that_lives() {
        append("container|dead", 1, "create-requested", "deleted");
        append("container|alive", 1, "create-requested");
        assertThat(journal.retain(Instant.ofEpochMilli(1_000).plus(Duration.ofDays(29))))
                .isEqualTo(RetentionReport.NOTHING);
        assertThat(journal.retain(Instant.ofEpochMilli(1_001).plus(Duration.ofDays(30))))
                .isEqualTo(new RetentionReport(1, 2));
        assertThat(journal.queries().stream("container|dead")).isEmpty();
        assertThat(journal.queries().events("container|alive")).hasSize(1);
    }

    @Test
    void retention_drops_the_oldest_endings_above_the_limit() {
        journal.close();
        journal = Journal.open(settings(0, 2_000));
        for (String id : List.of("container|1", "container|2")) {
            List<NewEvent> events = new ArrayList<>();
            for (int i = 1; i < 1_500; i++) {
                events.add(event(i, "started"));
            }
            events.add(event(1_500, "deleted"));
            journal.submit(new Append(id, events)).join();
        }
        long before = journal.queries().counts().bytes();
        assertThat(journal.retain(Instant.ofEpochMilli(2_000))).isEqualTo(new RetentionReport(1, 1_500));
        JournalCounts counts = journal.queries().counts();
        assertThat(counts.events()).isEqualTo(1_500);
        assertThat(counts.bytes()).isLessThan(before);
    }

    @Test
    void the_feed_delivers_all_once_and_in_order_while_others_write() throws InterruptedException {
        append("container|a", 1, "create-requested", "started");
        LinkedBlockingQueue<Long> heard = new LinkedBlockingQueue<>();
        FeedListener listener = new FeedListener() {
            @Override
            public void committed(JournalEntry entry) {
                heard.add(entry.offset());
            }

            @Override
            public void failed(io.troupe.protocol.Failure failure) {
                heard.add(-1L);
            }
        };
        int each = 2_000;
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String id = "container|t" + t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= each; i++) {
                    var answer = journal.submit(new Append(id, List.of(event(i, "started"))));
                    if (i == each) {
                        answer.join();
                    }
                }
            }));
        }
        try (var subscription = journal.feed().subscribe(0, listener)) {
            for (long expected = 1; expected <= 4 * each + 2; expected++) {
                assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(expected);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void append(String id, long from, String... kinds) {
        List<NewEvent> events = new ArrayList<>();
        for (String kind : kinds) {
            events.add(event(from + events.size(), kind));
        }
        journal.submit(new Append(id, events)).join();
    }

    private static NewEvent event(long sequence, String kind) {
        return new NewEvent(sequence, 1_000, kind, 1, 1, "{\"x\":1}");
    }

    private JournalSettings settings(long maxBytes, long maxEvents) {
        return new JournalSettings(
                file,
                JournalSettings.Synchronous.NORMAL,
                Duration.ofDays(30),
                maxEvents,
                maxBytes,
                Set.of("create-requested"),
                Set.of("deleted"));
    }

    private void sql(String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }
}
