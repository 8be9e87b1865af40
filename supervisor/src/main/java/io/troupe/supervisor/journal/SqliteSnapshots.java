package io.troupe.supervisor.journal;

import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import org.apache.pekko.serialization.SerializationExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;

/**
 * Pekko's side of the snapshots. A snapshot only saves reading: a damaged one is passed over for an older one or none,
 * with a line in the log, as long as the events that it stood for are still there.
 */
public final class SqliteSnapshots extends SnapshotStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteSnapshots.class);
    private static final int CANDIDATES = 3;

    private final Journal journal;
    private final StoredForm form;

    public SqliteSnapshots() {
        ActorSystem system = context().system();
        this.journal = JournalSetup.journalOf(system);
        this.form = new StoredForm(SerializationExtension.get(system), journal.errors());
    }

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        SnapshotBounds bounds = new SnapshotBounds(
                criteria.minSequenceNr(), criteria.maxSequenceNr(), criteria.minTimestamp(), criteria.maxTimestamp());
        return Futures.scala(journal.readers()
                .readSoon(
                        statements -> select(persistenceId, statements.snapshots(persistenceId, bounds, CANDIDATES))));
    }

    private Optional<SelectedSnapshot> select(String persistenceId, List<StoredSnapshot> newestFirst) {
        for (StoredSnapshot snapshot : newestFirst) {
            if (snapshot.intact()) {
                return Optional.of(selected(persistenceId, snapshot.content()));
            }
            LOG.warn(
                    "the snapshot of {} after event {} is damaged and is passed over",
                    persistenceId,
                    snapshot.content().sequence());
        }
        if (newestFirst.isEmpty() || newestFirst.getFirst().deletedTo() == 0) {
            return Optional.empty();
        }
        throw journal.errors()
                .damaged("the snapshots of " + persistenceId + " are damaged, and the events before them are deleted");
    }

    private SelectedSnapshot selected(String persistenceId, NewEvent content) {
        Object state = form.load(content.serializer(), content.kind(), content.version(), content.json());
        return SelectedSnapshot.create(
                new SnapshotMetadata(
                        persistenceId, content.sequence(), content.atMillis(), scala.Option.<Object>empty()),
                state);
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        NewEvent content = form.store(snapshot, metadata.sequenceNr(), metadata.timestamp());
        return Futures.done(journal.submit(StoredSnapshot.save(metadata.persistenceId(), content)));
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        // The time is 0 where the caller does not know it (DeleteSnapshot by sequence).
        boolean timeKnown = metadata.timestamp() != 0;
        SnapshotBounds bounds = new SnapshotBounds(
                metadata.sequenceNr(),
                metadata.sequenceNr(),
                timeKnown ? metadata.timestamp() : 0,
                timeKnown ? metadata.timestamp() : Long.MAX_VALUE);
        return Futures.done(journal.submit(StoredSnapshot.delete(metadata.persistenceId(), bounds)));
    }

    @Override
    public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        SnapshotBounds bounds = new SnapshotBounds(
                criteria.minSequenceNr(), criteria.maxSequenceNr(), criteria.minTimestamp(), criteria.maxTimestamp());
        return Futures.done(journal.submit(StoredSnapshot.delete(persistenceId, bounds)));
    }
}
