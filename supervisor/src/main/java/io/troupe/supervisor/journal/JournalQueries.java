package io.troupe.supervisor.journal;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.container.ContainerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Questions to the journal. Each sees everything acknowledged before it was asked, blocks the caller for one read, and
 * throws {@link FailureException} (JOURNAL) if the file cannot be read or a record that it touches is damaged.
 */
public final class JournalQueries {
    private final Readers readers;

    JournalQueries(Readers readers) {
        this.readers = readers;
    }

    /** {@return the events of a stream that are in the journal, oldest first; empty if there is no such stream} */
    public List<JournalEntry> events(String persistenceId) {
        List<JournalEntry> entries = new ArrayList<>();
        return readers.read(statements -> {
            statements.replay(persistenceId, 1, Long.MAX_VALUE, Long.MAX_VALUE, entries::add);
            return entries;
        });
    }

    /**
     * {@return events of all streams in the order of their offsets}
     *
     * @param offset only those with greater ones
     * @param limit at most so many; fewer mean that there are no more
     */
    public List<JournalEntry> since(long offset, int limit) {
        return readers.read(statements -> statements.since(offset, limit));
    }

    /** {@return the last event of a stream} */
    public Optional<JournalEntry> last(String persistenceId) {
        return readers.read(statements -> statements.last(persistenceId));
    }

    /** {@return what is known of a stream without reading its events} */
    public Optional<EventStream> stream(String persistenceId) {
        return readers.read(statements -> statements.stream(persistenceId));
    }

    /** {@return the streams that have not ended and whose names begin with {@code prefix}, by name} */
    public List<EventStream> living(String prefix) {
        return readers.read(statements -> statements.living(prefix));
    }

    /**
     * {@return the states in which the containers of {@link #living} were left, by name of the stream} Without those that
     * cannot be read.
     */
    public Map<String, ContainerState> states(String prefix) {
        return readers.read(statements -> LastStates.read(statements, prefix));
    }

    /** {@return the last event of each stream that {@link #living} lists} */
    public List<JournalEntry> lastOfLiving(String prefix) {
        return readers.read(statements -> statements.lastOfLiving(prefix));
    }

    /** {@return how much there is; reads all of an index, so not for every request} */
    public JournalCounts counts() {
        return readers.read(ReadStatements::counts);
    }

    /** {@return what is wrong with the database, a line each; empty if nothing is; reads all of it} */
    public List<String> check() {
        return readers.read(ReadStatements::check);
    }
}
