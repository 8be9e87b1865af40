package io.troupe.supervisor.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets streams that ended long ago, in small transactions between which others write. What lives is never touched.
 */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final int EVENTS_AT_ONCE = 500;
    private static final int STREAMS_AT_ONCE = 100;
    private static final int PAGES_AT_ONCE = 200;

    private final GroupCommit writer;
    private final Duration keepDeleted;
    private final long keepMaxEvents;

    Retention(GroupCommit writer, JournalSettings settings) {
        this.writer = writer;
        this.keepDeleted = settings.keepDeleted();
        this.keepMaxEvents = settings.keepMaxEvents();
    }

    /**
     * Forgets what is too old at {@code now}, then what is too much, and gives the space back. Blocks until done.
     *
     * @return what was forgotten
     */
    RetentionReport run(Instant now) {
        RetentionReport report = tooOld(now.minus(keepDeleted).toEpochMilli()).plus(tooMany());
        if (report.events() > 0) {
            while (await(Retention::shrink)) {
                // once more: a few pages at a time
            }
            LOG.info("journal: forgot {} containers that had ended, {} events", report.streams(), report.events());
        }
        return report;
    }

    private RetentionReport tooOld(long before) {
        RetentionReport report = RetentionReport.NOTHING;
        List<Long> found = await(statements -> ended(statements, before));
        while (!found.isEmpty()) {
            for (long stream : found) {
                report = report.plus(forget(stream));
            }
            found = await(statements -> ended(statements, before));
        }
        return report;
    }

    private RetentionReport tooMany() {
        RetentionReport report = RetentionReport.NOTHING;
        long surplus = await(statements -> number(statements, "SELECT count(*) FROM events")) - keepMaxEvents;
        while (report.events() < surplus) {
            List<Long> found = await(statements -> ended(statements, Long.MAX_VALUE));
            if (found.isEmpty()) {
                LOG.info("journal: {} events of living containers are above keep-max-events, and stay", surplus);
                return report;
            }
            report = report.plus(forget(found.getFirst()));
        }
        return report;
    }

    private RetentionReport forget(long stream) {
        long events = 0;
        while (true) {
            int deleted = await(statements -> deleteSome(statements, stream));
            if (deleted == 0) {
                return new RetentionReport(1, events);
            }
            events += deleted;
        }
    }

    private static List<Long> ended(WriteStatements statements, long before) throws SQLException {
        try (PreparedStatement statement = statements.prepare("""
                SELECT id FROM streams WHERE ended_at_millis IS NOT NULL AND ended_at_millis < ?
                ORDER BY ended_at_millis LIMIT ?""")) {
            statement.setLong(1, before);
            statement.setInt(2, STREAMS_AT_ONCE);
            List<Long> found = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(row.getLong(1));
                }
            }
            return found;
        }
    }

    /** {@return how many events were deleted; 0 once the stream itself is gone, or lives again} */
    private static int deleteSome(WriteStatements statements, long stream) throws SQLException {
        long first = number(statements, "SELECT seq_nr FROM events WHERE stream = ? ORDER BY seq_nr LIMIT 1", stream);
        long last = first + EVENTS_AT_ONCE - 1;
        int moved = update(
                statements,
                "UPDATE streams SET deleted_to = min(highest_seq, ?2) WHERE id = ?1 AND ended_at_millis IS NOT NULL",
                stream,
                last);
        if (moved == 0) {
            return 0;
        }
        int deleted = update(statements, "DELETE FROM events WHERE stream = ? AND seq_nr <= ?", stream, last);
        if (deleted == 0 || number(statements, "SELECT count(*) FROM events WHERE stream = ?", stream) == 0) {
            update(statements, "DELETE FROM snapshots WHERE stream = ?", stream);
            update(statements, "DELETE FROM streams WHERE id = ?", stream);
        }
        return deleted;
    }

    /** {@return whether there is more to give back} */
    private static boolean shrink(WriteStatements statements) throws SQLException {
        long free = number(statements, "PRAGMA freelist_count");
        if (free > 0) {
            // At least one page for each step of the statement; run() asks again as long as it helps.
            try (PreparedStatement statement = statements.prepare("PRAGMA incremental_vacuum(" + PAGES_AT_ONCE + ")")) {
                statement.execute();
            }
        }
        long left = number(statements, "PRAGMA freelist_count");
        return left > 0 && left < free;
    }

    private static int update(WriteStatements statements, String sql, long... parameters) throws SQLException {
        try (PreparedStatement statement = bound(statements, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private static long number(WriteStatements statements, String sql, long... parameters) throws SQLException {
        try (PreparedStatement statement = bound(statements, sql, parameters);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static PreparedStatement bound(WriteStatements statements, String sql, long... parameters)
            throws SQLException {
        PreparedStatement statement = statements.prepare(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setLong(i + 1, parameters[i]);
        }
        return statement;
    }

    private <T> T await(Change<T> change) {
        try {
            return writer.submit(change).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
