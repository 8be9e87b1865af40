package io.troupe.supervisor.journal;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** Turns what SQLite says into one line for people. */
final class JournalErrors {
    private final Path file;

    JournalErrors(Path file) {
        this.file = file;
    }

    /** {@return a failure of this journal} */
    FailureException failure(String what, String remedy) {
        return new FailureException(FailureCode.JOURNAL, "journal " + file, what, remedy);
    }

    /**
     * {@return the failure that {@code problem} means}
     *
     * @param doing what was tried, such as {@code write}
     */
    FailureException failure(String doing, SQLException problem) {
        String cannot = "cannot " + doing + ": ";
        SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(problem.getErrorCode() & 0xff);
        return switch (code) {
            case SQLITE_FULL ->
                failure(
                        cannot + "no space is left (SQLITE_FULL)",
                        "Free space on its file system, or raise troupe.journal.max-size if that is set");
            case SQLITE_CORRUPT -> failure(cannot + "the file is damaged (SQLITE_CORRUPT)", restore());
            case SQLITE_NOTADB -> failure(cannot + "it is not an SQLite database (SQLITE_NOTADB)", restore());
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH ->
                failure(
                        cannot + "access is denied or the path is not a file (" + code + ")",
                        "Make it and its directory readable and writable for the user that runs the supervisor");
            case SQLITE_BUSY, SQLITE_LOCKED ->
                failure(cannot + "another program holds it (" + code + ")", "End that program's transaction");
            case SQLITE_IOERR ->
                failure(
                        cannot + "the disk answers with an error (" + problem.getMessage() + ")",
                        "Look at the kernel's log, then at the file system");
            default -> failure(cannot + problem.getMessage(), "Report it with the supervisor's log");
        };
    }

    /** {@return the failure of a record that is not what was written} */
    FailureException damaged(String what) {
        return failure(what, restore());
    }

    private static String restore() {
        return "Keep a copy of it, then restore a backup or choose another data directory";
    }
}
