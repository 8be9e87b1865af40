package io.troupe.supervisor.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a connection that reads can do. Each method is one statement, so it sees one moment. One thread at a time. */
final class ReadStatements implements AutoCloseable {
    private static final String STREAM = "SELECT persistence_id, highest_seq, deleted_to, last_offset, ended_at_millis";
    private static final String EVENT = "SELECT " + EventRow.COLUMNS;

    private final Connection connection;
    private final JournalErrors errors;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    ReadStatements(Connection connection, JournalErrors errors) {
        this.connection = connection;
        this.errors = errors;
    }

    Optional<EventStream> stream(String persistenceId) throws SQLException {
        PreparedStatement statement = prepare(STREAM + " FROM streams WHERE persistence_id = ?");
        statement.setString(1, persistenceId);
        return rows(statement, ReadStatements::streamRow).stream().findFirst();
    }

    List<EventStream> living(String prefix) throws SQLException {
        PreparedStatement statement = prepare(STREAM
                + " FROM streams WHERE ended_at_millis IS NULL AND substr(persistence_id, 1, length(?1)) = ?1"
                + " ORDER BY persistence_id");
        statement.setString(1, prefix);
        return rows(statement, ReadStatements::streamRow);
    }

    List<JournalEntry> since(long offset, int limit) throws SQLException {
        PreparedStatement statement = prepare(EVENT
                + " FROM events e LEFT JOIN streams s ON s.id = e.stream WHERE e.offset > ? ORDER BY e.offset LIMIT ?");
        statement.setLong(1, offset);
        statement.setInt(2, limit);
        return rows(statement, this::eventRow);
    }

    List<JournalEntry> lastOfLiving(String prefix) throws SQLException {
        PreparedStatement statement = prepare(EVENT
                + " FROM streams s JOIN events e ON e.offset = s.last_offset WHERE s.ended_at_millis IS NULL"
                + " AND substr(s.persistence_id, 1, length(?1)) = ?1 ORDER BY s.persistence_id");
        statement.setString(1, prefix);
        return rows(statement, this::eventRow);
    }

    Optional<JournalEntry> last(String persistenceId) throws SQLException {
        PreparedStatement statement =
                prepare(EVENT + " FROM streams s JOIN events e ON e.offset = s.last_offset WHERE s.persistence_id = ?");
        statement.setString(1, persistenceId);
        return rows(statement, this::eventRow).stream().findFirst();
    }

    JournalCounts counts() throws SQLException {
        PreparedStatement statement = prepare("""
                SELECT (SELECT count(*) FROM streams WHERE ended_at_millis IS NULL),
                  (SELECT count(*) FROM streams WHERE ended_at_millis IS NOT NULL),
                  (SELECT count(*) FROM events),
                  (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'),
                  (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)""");
        return rows(
                        statement,
                        row -> new JournalCounts(
                                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)))
                .getFirst();
    }

    /** {@return what SQLite's own check finds, a line each; empty if all is well} */
    List<String> check() throws SQLException {
        List<String> lines = rows(prepare("PRAGMA quick_check(20)"), row -> row.getString(1));
        return lines.equals(List.of("ok")) ? List.of() : lines;
    }

    /**
     * Gives the events of a stream in order, at most {@code max}, and fails where one is missing or damaged.
     *
     * @param from first sequence wanted
     * @param to last sequence wanted
     */
    void replay(String persistenceId, long from, long to, long max, Consumer<JournalEntry> consumer)
            throws SQLException {
        PreparedStatement statement = prepare(EVENT + """
                , s.highest_seq, s.deleted_to FROM streams s
                LEFT JOIN events e ON e.stream = s.id AND e.seq_nr BETWEEN ? AND ?
                WHERE s.persistence_id = ? ORDER BY e.seq_nr LIMIT ?""");
        statement.setLong(1, from);
        statement.setLong(2, to);
        statement.setString(3, persistenceId);
        statement.setLong(4, max);
        try (ResultSet row = statement.executeQuery()) {
            if (max > 0 && row.next()) {
                replay(row, persistenceId, from, Math.min(to, row.getLong(10)), max, consumer);
            }
        }
    }

    private void replay(
            ResultSet row, String persistenceId, long from, long to, long max, Consumer<JournalEntry> consumer)
            throws SQLException {
        long next = Math.max(from, row.getLong(11) + 1);
        long end = max < to - next + 1 ? next + max - 1 : to;
        boolean more = row.getObject(1) != null;
        while (more) {
            JournalEntry entry = EventRow.read(row, errors);
            if (entry.sequence() != next) {
                throw missing(persistenceId, next);
            }
            consumer.accept(entry);
            next++;
            more = row.next();
        }
        if (next <= end) {
            throw missing(persistenceId, next);
        }
    }

    private RuntimeException missing(String persistenceId, long sequence) {
        return errors.damaged("event " + sequence + " of " + persistenceId + " is missing");
    }

    /** {@return the newest snapshots within the bounds, the newest first, at most {@code limit}} */
    List<StoredSnapshot> snapshots(String persistenceId, SnapshotBounds bounds, int limit) throws SQLException {
        PreparedStatement statement = prepare("""
                SELECT n.seq_nr, n.at_millis, n.kind, n.version, n.serializer, n.crc, n.payload, s.deleted_to
                FROM streams s JOIN snapshots n ON n.stream = s.id
                WHERE s.persistence_id = ? AND n.seq_nr BETWEEN ? AND ? AND n.at_millis BETWEEN ? AND ?
                ORDER BY n.seq_nr DESC LIMIT ?""");
        statement.setString(1, persistenceId);
        statement.setLong(2, bounds.minSequence());
        statement.setLong(3, bounds.maxSequence());
        statement.setLong(4, bounds.minMillis());
        statement.setLong(5, bounds.maxMillis());
        statement.setInt(6, limit);
        return rows(statement, row -> StoredSnapshot.read(persistenceId, row));
    }

    private JournalEntry eventRow(ResultSet row) throws SQLException {
        return EventRow.read(row, errors);
    }

    private static EventStream streamRow(ResultSet row) throws SQLException {
        long endedAt = row.getLong(5);
        @Nullable Instant ended = row.wasNull() ? null : Instant.ofEpochMilli(endedAt);
        return new EventStream(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4), ended);
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }

    private static <T> List<T> rows(PreparedStatement statement, Row<T> mapping) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                rows.add(mapping.read(row));
            }
        }
        return rows;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw errors.failure("close", e);
        }
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
