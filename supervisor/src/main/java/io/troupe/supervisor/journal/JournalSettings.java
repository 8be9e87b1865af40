package io.troupe.supervisor.journal;

import com.typesafe.config.Config;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * How a journal is kept. The defaults and what each one means are in {@code reference.conf}, {@code troupe.journal}.
 *
 * @param file absolute path of the database; SQLite puts {@code -wal} and {@code -shm} beside it
 * @param synchronous what a commit waits for
 * @param keepDeleted how long the history of a deleted container is kept
 * @param keepMaxEvents above this number of events the histories that ended first are dropped
 * @param maxBytes the database refuses to grow beyond; 0 for no limit
 * @param beginnings kinds of events from which on a stream lives
 * @param endings kinds of events from which on it does not
 */
public record JournalSettings(
        Path file,
        Synchronous synchronous,
        Duration keepDeleted,
        long keepMaxEvents,
        long maxBytes,
        Set<String> beginnings,
        Set<String> endings) {

    /** Name of the database in the data directory. */
    public static final String FILE_NAME = "journal.db";

    /** What a commit waits for. */
    public enum Synchronous {
        /** The page cache: safe against the death of every process, not against power loss. */
        NORMAL,
        /** The disk: safe against power loss, at the price of an fdatasync(2) for each commit. */
        FULL
    }

    /**
     * {@return the settings of a journal in {@code dataDirectory}}
     *
     * @param config all of the configuration, with {@code troupe.journal}
     */
    public static JournalSettings of(Config config, Path dataDirectory) {
        Config own = config.getConfig("troupe.journal");
        return new JournalSettings(
                dataDirectory.toAbsolutePath().resolve(FILE_NAME),
                synchronous(own.getString("synchronous")),
                own.getDuration("keep-deleted"),
                own.getLong("keep-max-events"),
                own.getBytes("max-size"),
                Set.copyOf(own.getStringList("beginning-kinds")),
                Set.copyOf(own.getStringList("ending-kinds")));
    }

    private static Synchronous synchronous(String word) {
        return switch (word.toUpperCase(Locale.ROOT)) {
            case "NORMAL" -> Synchronous.NORMAL;
            case "FULL" -> Synchronous.FULL;
            default ->
                throw new FailureException(
                        FailureCode.JOURNAL,
                        "setting troupe.journal.synchronous",
                        "\"" + word + "\" is not valid",
                        "Use NORMAL or FULL");
        };
    }
}
