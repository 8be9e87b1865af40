package io.troupe.supervisor.journal;

import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of a supervisor: one SQLite file, one writer. Opened before the actor system, which gets it by
 * {@link JournalSetup}, and closed after it.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final Duration RETENTION_INTERVAL = Duration.ofDays(1);

    private final JournalFile file;
    private final JournalErrors errors;
    private final Readers readers;
    private final GroupCommit writer;
    private final JournalFeed feed;
    private final JournalQueries queries;
    private final Retention retention;
    private @Nullable Thread retaining;

    private Journal(JournalFile file, JournalErrors errors, WriteStatements statements, JournalSettings settings) {
        this.file = file;
        this.errors = errors;
        this.readers = new Readers(file, errors);
        this.queries = new JournalQueries(readers);
        this.feed = new JournalFeed(queries, statements.lastOffset());
        this.writer = new GroupCommit(
                statements, errors, settings.synchronous() == JournalSettings.Synchronous.FULL, feed::publish);
        this.retention = new Retention(writer, settings);
    }

    /**
     * Opens a journal, makes it if there is none, and brings an older one to today's schema.
     *
     * @throws FailureException JOURNAL, if it is damaged, newer than this program, in use, or cannot be read or written
     */
    public static Journal open(JournalSettings settings) {
        JournalErrors errors = new JournalErrors(settings.file());
        JournalFile file = JournalFile.open(settings, errors);
        try {
            Connection connection = file.writer();
            return new Journal(file, errors, statements(connection, errors, settings), settings);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static WriteStatements statements(Connection connection, JournalErrors errors, JournalSettings settings) {
        try {
            return new WriteStatements(connection, errors, settings);
        } catch (SQLException e) {
            throw errors.failure("open", e);
        }
    }

    /** {@return questions to it} */
    public JournalQueries queries() {
        return queries;
    }

    /** {@return its events as they are committed} */
    public JournalFeed feed() {
        return feed;
    }

    /** {@return why the last write failed, such as a full disk; empty if it succeeded} */
    public Optional<Failure> trouble() {
        return writer.trouble();
    }

    /** Forgets once what is due at {@code now}. Blocks until done. */
    public RetentionReport retain(Instant now) {
        return retention.run(now);
    }

    /** Forgets what is due now and every day from now on, on a thread of its own. */
    public void keepRetaining(Clock clock) {
        retaining = Thread.ofVirtual().name("troupe-journal-retention").start(() -> retainDaily(clock));
    }

    private void retainDaily(Clock clock) {
        try {
            while (true) {
                retainOnce(clock.instant());
                Thread.sleep(RETENTION_INTERVAL);
            }
        } catch (InterruptedException _) {
            LOG.debug("the journal is being closed: retention ends");
        }
    }

    private void retainOnce(Instant now) {
        try {
            retain(now);
        } catch (FailureException e) {
            LOG.error("retention: {}", e.getMessage());
        }
    }

    /** {@return the entries once they are committed} */
    <T> CompletableFuture<T> submit(Change<T> change) {
        return writer.submit(change);
    }

    /** {@return completes once all that was submitted before is in the journal or has failed} */
    CompletableFuture<Void> settled() {
        return writer.settled();
    }

    Readers readers() {
        return readers;
    }

    JournalErrors errors() {
        return errors;
    }

    /** {@return a change that deletes the events of a stream up to a sequence, which stay counted} */
    static Change<Integer> deleteEvents(String persistenceId, long to) {
        return statements -> {
            try (PreparedStatement mark =
                            statements.prepare("UPDATE streams SET deleted_to = max(deleted_to, min(highest_seq, ?))"
                                    + " WHERE persistence_id = ?");
                    PreparedStatement delete = statements.prepare("DELETE FROM events WHERE seq_nr <= ?"
                            + " AND stream = (SELECT id FROM streams WHERE persistence_id = ?)")) {
                for (PreparedStatement statement : List.of(mark, delete)) {
                    statement.setLong(1, to);
                    statement.setString(2, persistenceId);
                }
                mark.executeUpdate();
                return delete.executeUpdate();
            }
        };
    }

    /** Commits what waits, ends the feed, and closes the file. */
    @Override
    public void close() {
        if (retaining != null) {
            retaining.interrupt();
        }
        writer.close();
        feed.close();
        readers.close();
        file.close();
    }
}
