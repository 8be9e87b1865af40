/**
 * The journal on disk: a Pekko Persistence plugin of our own over one SQLite file, what can be asked of it, and its
 * live feed.
 *
 * <p>Read {@link io.troupe.supervisor.journal.Journal} (what there is), {@link io.troupe.supervisor.journal.Schema}
 * (what is on disk), {@link io.troupe.supervisor.journal.GroupCommit} (the one writer),
 * {@link io.troupe.supervisor.journal.SqliteJournal} and {@link io.troupe.supervisor.journal.SqliteSnapshots} (Pekko's
 * side), {@link io.troupe.supervisor.journal.JournalQueries} and {@link io.troupe.supervisor.journal.JournalFeed}
 * (reading), {@link io.troupe.supervisor.journal.Retention}, then {@link io.troupe.supervisor.journal.FactForms} (how
 * facts and states are written as JSON). Uses {@code container}, {@code process} and {@code launch} records and
 * {@code protocol}.
 *
 * <p>sqlite-jdbc unpacks its native library at each start unless told where it lies: the distribution takes
 * {@code org/sqlite/native/Linux/ARCH/libsqlitejdbc.so} out of the jar and starts the JVM with
 * {@code -Dorg.sqlite.lib.path=DIRECTORY -Dorg.sqlite.lib.name=libsqlitejdbc.so}.
 */
@NullMarked
package io.troupe.supervisor.journal;

import org.jspecify.annotations.NullMarked;
