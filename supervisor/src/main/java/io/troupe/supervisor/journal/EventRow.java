package io.troupe.supervisor.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads a row of {@code events} joined with its stream, and refuses one that is not what was written. */
final class EventRow {
    /** The columns that {@link #read} asks for; {@code e} is events and {@code s} is streams. */
    static final String COLUMNS =
            "e.offset, s.persistence_id, e.seq_nr, e.at_millis, e.kind, e.version," + " e.serializer, e.crc, e.payload";

    private EventRow() {}

    static JournalEntry read(ResultSet row, JournalErrors errors) throws SQLException {
        long offset = row.getLong(1);
        String stream = row.getString(2);
        NewEvent event =
                new NewEvent(row.getLong(3), row.getLong(4), text(row, 5), row.getInt(6), row.getInt(7), text(row, 9));
        if (stream == null || Checksum.of(stream, event) != row.getLong(8)) {
            throw errors.damaged("the record at offset " + offset + " (" + name(stream) + ", event " + event.sequence()
                    + ") is damaged: its checksum is not the one of its content");
        }
        return new JournalEntry(
                offset,
                stream,
                event.sequence(),
                Instant.ofEpochMilli(event.atMillis()),
                event.kind(),
                event.version(),
                event.serializer(),
                event.json());
    }

    /** {@return a column that is never null unless the file is damaged; then "", which the checksum tells} */
    private static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    private static String name(@Nullable String stream) {
        return stream == null ? "of no stream" : stream;
    }
}
