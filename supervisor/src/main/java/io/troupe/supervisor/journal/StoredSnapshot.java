package io.troupe.supervisor.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A snapshot as it lies in the journal.
 *
 * @param content the state after the event of the same sequence
 * @param intact whether its checksum is the one of its content
 * @param deletedTo events up to this sequence are not in the journal any more
 */
record StoredSnapshot(NewEvent content, boolean intact, long deletedTo) {

    static StoredSnapshot read(String persistenceId, ResultSet row) throws SQLException {
        NewEvent content = new NewEvent(
                row.getLong(1), row.getLong(2), row.getString(3), row.getInt(4), row.getInt(5), row.getString(7));
        return new StoredSnapshot(content, Checksum.of(persistenceId, content) == row.getLong(6), row.getLong(8));
    }

    /** {@return a change that stores a snapshot, or replaces the one of the same sequence} */
    static Change<Integer> save(String persistenceId, NewEvent content) {
        return statements -> {
            try (PreparedStatement statement = statements.prepare("""
                    INSERT OR REPLACE INTO snapshots
                      (stream, seq_nr, at_millis, kind, version, serializer, crc, payload)
                    SELECT id, ?, ?, ?, ?, ?, ?, ? FROM streams WHERE persistence_id = ?""")) {
                statement.setLong(1, content.sequence());
                statement.setLong(2, content.atMillis());
                statement.setString(3, content.kind());
                statement.setInt(4, content.version());
                statement.setInt(5, content.serializer());
                statement.setLong(6, Checksum.of(persistenceId, content));
                statement.setString(7, content.json());
                statement.setString(8, persistenceId);
                return statement.executeUpdate();
            }
        };
    }

    /** {@return a change that deletes snapshots} */
    static Change<Integer> delete(String persistenceId, SnapshotBounds bounds) {
        return statements -> {
            try (PreparedStatement statement = statements.prepare("""
                    DELETE FROM snapshots WHERE stream = (SELECT id FROM streams WHERE persistence_id = ?)
                      AND seq_nr BETWEEN ? AND ? AND at_millis BETWEEN ? AND ?""")) {
                statement.setString(1, persistenceId);
                statement.setLong(2, bounds.minSequence());
                statement.setLong(3, bounds.maxSequence());
                statement.setLong(4, bounds.minMillis());
                statement.setLong(5, bounds.maxMillis());
                return statement.executeUpdate();
            }
        };
    }
}
