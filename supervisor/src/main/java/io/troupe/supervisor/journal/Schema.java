package io.troupe.supervisor.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, and how an older database becomes one of today. PRAGMA user_version holds the version, application_id
 * says that it is ours. A migration is added at the end and never changed.
 */
final class Schema {
    /** "trpe": what file(1) and we know the database by. */
    static final int APPLICATION_ID = 0x74727065;

    private static final List<List<String>> MIGRATIONS = List.of(List.of(
            """
            CREATE TABLE migrations (version INTEGER PRIMARY KEY, at_millis INTEGER NOT NULL) STRICT""",
            """
            CREATE TABLE writers (
              id INTEGER PRIMARY KEY AUTOINCREMENT, -- one for each time the journal was opened
              opened_at_millis INTEGER NOT NULL,
              pid INTEGER NOT NULL) STRICT""",
            """
            CREATE TABLE streams (
              id INTEGER PRIMARY KEY,
              persistence_id TEXT NOT NULL UNIQUE,
              highest_seq INTEGER NOT NULL,  -- survives the deletion of events
              deleted_to INTEGER NOT NULL,   -- events up to this one are not here any more
              last_offset INTEGER NOT NULL,
              ended_at_millis INTEGER        -- null while it lives
            ) STRICT""",
            "CREATE INDEX streams_living ON streams (persistence_id) WHERE ended_at_millis IS NULL",
            "CREATE INDEX streams_ended ON streams (ended_at_millis) WHERE ended_at_millis IS NOT NULL",
            """
            CREATE TABLE events (
              offset INTEGER PRIMARY KEY AUTOINCREMENT,
              stream INTEGER NOT NULL REFERENCES streams (id),
              seq_nr INTEGER NOT NULL,
              at_millis INTEGER NOT NULL,
              kind TEXT NOT NULL,
              version INTEGER NOT NULL,
              serializer INTEGER NOT NULL,
              writer INTEGER NOT NULL,
              crc INTEGER NOT NULL,          -- CRC32C, see Checksum
              payload TEXT NOT NULL,         -- JSON
              UNIQUE (stream, seq_nr)) STRICT""",
            """
            CREATE TABLE snapshots (
              stream INTEGER NOT NULL REFERENCES streams (id),
              seq_nr INTEGER NOT NULL,
              at_millis INTEGER NOT NULL,
              kind TEXT NOT NULL,
              version INTEGER NOT NULL,
              serializer INTEGER NOT NULL,
              crc INTEGER NOT NULL,
              payload TEXT NOT NULL,
              PRIMARY KEY (stream, seq_nr)) STRICT""",
            """
            CREATE VIEW history AS
              SELECT e.offset, s.persistence_id AS stream, e.seq_nr,
                     strftime('%Y-%m-%dT%H:%M:%fZ', e.at_millis / 1000.0, 'unixepoch') AS at,
                     e.kind, e.payload
              FROM events e JOIN streams s ON s.id = e.stream ORDER BY e.offset""",
            """
            CREATE VIEW containers AS
              SELECT substr(s.persistence_id, 11) AS name, s.ended_at_millis IS NULL AS live,
                     s.highest_seq AS events, e.kind AS last,
                     strftime('%Y-%m-%dT%H:%M:%fZ', e.at_millis / 1000.0, 'unixepoch') AS last_at
              FROM streams s LEFT JOIN events e ON e.offset = s.last_offset
              WHERE s.persistence_id LIKE 'container|%' ORDER BY name"""));

    private Schema() {}

    /** {@return the version that this program writes} */
    static int version() {
        return MIGRATIONS.size();
    }

    /** Brings a database to today's version, each step in a transaction. Refuses what is newer or not ours. */
    static void migrate(Connection connection, JournalErrors errors) throws SQLException {
        int present = (int) number(connection, "PRAGMA user_version");
        requireOurs(connection, present, errors);
        if (present > version()) {
            throw errors.failure(
                    "it was written by a newer Troupe (schema " + present + ", this one knows " + version() + ")",
                    "Use the newer Troupe, or choose another data directory");
        }
        for (int next = present + 1; next <= version(); next++) {
            apply(connection, next);
        }
    }

    private static void requireOurs(Connection connection, int present, JournalErrors errors) throws SQLException {
        long application = number(connection, "PRAGMA application_id");
        boolean empty =
                present == 0 && application == 0 && number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!empty && application != APPLICATION_ID) {
            throw errors.failure(
                    "it is a database of another program", "Move it away, or choose another data directory");
        }
    }

    private static void apply(Connection connection, int version) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (String sql : MIGRATIONS.get(version - 1)) {
                statement.execute(sql);
            }
            statement.execute("INSERT INTO migrations VALUES (" + version + ", " + System.currentTimeMillis() + ")");
            statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            statement.execute("PRAGMA user_version = " + version);
            statement.execute("COMMIT");
        }
    }

    /** {@return the number that a query answers in its first row} */
    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
