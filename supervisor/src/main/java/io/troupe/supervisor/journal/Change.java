package io.troupe.supervisor.journal;

import java.sql.SQLException;
import java.util.List;

/**
 * Something to do in a transaction of the writer. It may be done again after a rollback, so it must touch nothing but
 * the database.
 *
 * @param <T> what it answers once committed
 */
interface Change<T> {
    T apply(WriteStatements statements) throws SQLException;

    /** {@return the events that the answer tells of, for the feed} */
    default List<JournalEntry> committed(T answer) {
        return List.of();
    }
}
