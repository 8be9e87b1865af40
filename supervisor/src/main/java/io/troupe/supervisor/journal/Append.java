package io.troupe.supervisor.journal;

import java.sql.SQLException;
import java.util.List;

/**
 * Events for the end of one stream, all or none.
 *
 * @param events not empty, with consecutive sequences
 */
record Append(String persistenceId, List<NewEvent> events) implements Change<List<JournalEntry>> {
    @Override
    public List<JournalEntry> apply(WriteStatements statements) throws SQLException {
        return statements.append(persistenceId, events);
    }

    @Override
    public List<JournalEntry> committed(List<JournalEntry> answer) {
        return answer;
    }
}
