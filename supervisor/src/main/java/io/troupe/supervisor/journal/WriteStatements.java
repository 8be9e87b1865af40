package io.troupe.supervisor.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the writer's connection can do, inside a transaction that {@link GroupCommit} opens. One thread at a time. */
final class WriteStatements implements AutoCloseable {
    private static final String BEGIN = "BEGIN IMMEDIATE";
    private static final String COMMIT = "COMMIT";
    private static final String UPSERT_STREAM = """
            INSERT INTO streams (persistence_id, highest_seq, deleted_to, last_offset, ended_at_millis)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (persistence_id) DO UPDATE SET highest_seq = excluded.highest_seq,
              last_offset = excluded.last_offset,
              ended_at_millis = CASE WHEN ? THEN excluded.ended_at_millis ELSE ended_at_millis END
            WHERE highest_seq = excluded.deleted_to
            RETURNING id""";
    private static final String INSERT_EVENT = """
            INSERT INTO events
              (offset, stream, seq_nr, at_millis, kind, version, serializer, writer, crc, payload)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private final Connection connection;
    private final JournalErrors errors;
    private final JournalSettings settings;
    private final long writer;
    private PreparedStatement begin;
    private PreparedStatement commit;
    private PreparedStatement upsertStream;
    private PreparedStatement insertEvent;
    private long lastOffset;

    WriteStatements(Connection connection, JournalErrors errors, JournalSettings settings) throws SQLException {
        this.connection = connection;
        this.errors = errors;
        this.settings = settings;
        this.writer = registered(connection);
        this.begin = connection.prepareStatement(BEGIN);
        this.commit = connection.prepareStatement(COMMIT);
        this.upsertStream = connection.prepareStatement(UPSERT_STREAM);
        this.insertEvent = connection.prepareStatement(INSERT_EVENT);
        this.lastOffset = Schema.number(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'events'");
    }

    private static long registered(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO writers (opened_at_millis, pid) VALUES (?, ?)")) {
            statement.setLong(1, System.currentTimeMillis());
            statement.setLong(2, ProcessHandle.current().pid());
            statement.executeUpdate();
        }
        return Schema.number(connection, "SELECT max(id) FROM writers");
    }

    /** {@return a statement for a change that is rare; the caller closes it} */
    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /** {@return the offset of the last event, committed or about to be} */
    long lastOffset() {
        return lastOffset;
    }

    void begin() throws SQLException {
        begin.execute();
    }

    void commit() throws SQLException {
        commit.execute();
    }

    /**
     * Undoes everything since {@link #begin}.
     *
     * @param offset the last offset as it was then
     */
    void rollback(long offset) throws SQLException {
        lastOffset = offset;
        if (!connection.isClosed()) {
            // SQLite has rolled back by itself after some errors (full disk); then there is nothing to undo.
            try (var statement = connection.createStatement()) {
                statement.execute("ROLLBACK");
            } catch (SQLException e) {
                if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                    throw e;
                }
            }
            prepareAgain();
        }
    }

    /** The driver closes a prepared statement that failed (full disk): the next transaction needs new ones. */
    private void prepareAgain() throws SQLException {
        for (PreparedStatement old : List.of(begin, commit, upsertStream, insertEvent)) {
            old.close();
        }
        begin = connection.prepareStatement(BEGIN);
        commit = connection.prepareStatement(COMMIT);
        upsertStream = connection.prepareStatement(UPSERT_STREAM);
        insertEvent = connection.prepareStatement(INSERT_EVENT);
    }

    /** {@return the events as they are in the journal once the transaction is committed} */
    List<JournalEntry> append(String persistenceId, List<NewEvent> events) throws SQLException {
        long stream = moveStream(persistenceId, events);
        List<JournalEntry> entries = new ArrayList<>(events.size());
        for (NewEvent event : events) {
            lastOffset++;
            insert(stream, persistenceId, event);
            entries.add(new JournalEntry(
                    lastOffset,
                    persistenceId,
                    event.sequence(),
                    Instant.ofEpochMilli(event.atMillis()),
                    event.kind(),
                    event.version(),
                    event.serializer(),
                    event.json()));
        }
        return entries;
    }

    private long moveStream(String persistenceId, List<NewEvent> events) throws SQLException {
        NewEvent last = events.getLast();
        long before = events.getFirst().sequence() - 1;
        upsertStream.setString(1, persistenceId);
        upsertStream.setLong(2, last.sequence());
        upsertStream.setLong(3, before);
        upsertStream.setLong(4, lastOffset + events.size());
        bindLife(events);
        try (ResultSet row = upsertStream.executeQuery()) {
            if (row.next()) {
                return row.getLong(1);
            }
        }
        throw errors.failure(
                "event " + (before + 1) + " of " + persistenceId + " does not follow the last one there",
                "Nothing was written. Report it with the supervisor's log");
    }

    private void bindLife(List<NewEvent> events) throws SQLException {
        upsertStream.setNull(5, Types.INTEGER);
        upsertStream.setBoolean(6, false);
        for (NewEvent event : events) {
            if (settings.endings().contains(event.kind())) {
                upsertStream.setLong(5, event.atMillis());
                upsertStream.setBoolean(6, true);
            } else if (settings.beginnings().contains(event.kind())) {
                upsertStream.setNull(5, Types.INTEGER);
                upsertStream.setBoolean(6, true);
            }
        }
    }

    private void insert(long stream, String persistenceId, NewEvent event) throws SQLException {
        insertEvent.setLong(1, lastOffset);
        insertEvent.setLong(2, stream);
        insertEvent.setLong(3, event.sequence());
        insertEvent.setLong(4, event.atMillis());
        insertEvent.setString(5, event.kind());
        insertEvent.setInt(6, event.version());
        insertEvent.setInt(7, event.serializer());
        insertEvent.setLong(8, writer);
        insertEvent.setLong(9, Checksum.of(persistenceId, event));
        insertEvent.setString(10, event.json());
        insertEvent.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
