package io.troupe.supervisor.journal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.apache.pekko.serialization.SerializationExtension;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Pekko's side of the journal: serializes on its own actor's thread, so that what cannot be serialized is rejected
 * before anything is written, and hands the rest to the writer. Made by Pekko, by the name in {@code reference.conf}.
 *
 * <p>The writer's id is not kept for each event as Pekko's replay filter would want it (the filter is off): a second
 * writer of one stream cannot get in, since each event must follow the last.
 */
public final class SqliteJournal extends AsyncWriteJournal {
    private final Journal journal;
    private final StoredForm form;

    public SqliteJournal() {
        ActorSystem system = context().system();
        this.journal = JournalSetup.journalOf(system);
        this.form = new StoredForm(SerializationExtension.get(system), journal.errors());
    }

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        List<Append> appends = new ArrayList<>();
        List<Optional<Exception>> rejections = new ArrayList<>();
        Set<String> rejected = new HashSet<>();
        for (AtomicWrite message : messages) {
            rejections.add(accept(message, appends, rejected));
        }
        return Futures.scala(append(appends).thenApply(_ -> rejections));
    }

    private CompletableFuture<?> append(List<Append> appends) {
        return switch (appends.size()) {
            case 0 -> CompletableFuture.completedFuture(List.of());
            case 1 -> journal.submit(appends.getFirst());
            default -> journal.submit(new AppendAll(appends));
        };
    }

    private Optional<Exception> accept(AtomicWrite message, List<Append> appends, Set<String> rejected) {
        if (rejected.contains(message.persistenceId())) {
            return Optional.of(new IllegalStateException("an event before this one was rejected"));
        }
        try {
            List<NewEvent> events = representations(message).map(this::stored).toList();
            appends.add(new Append(message.persistenceId(), events));
            return Optional.empty();
        } catch (RuntimeException e) {
            rejected.add(message.persistenceId());
            return Optional.of(e);
        }
    }

    private static Stream<PersistentRepr> representations(AtomicWrite message) {
        return CollectionConverters.asJava(message.payload()).stream();
    }

    private NewEvent stored(PersistentRepr event) {
        long at = event.timestamp() > 0 ? event.timestamp() : System.currentTimeMillis();
        return form.store(event.payload(), event.sequenceNr(), at);
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        return Futures.done(journal.submit(Journal.deleteEvents(persistenceId, toSequenceNr)));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
        return Futures.done(journal.readers().readAsync(statements -> {
            statements.replay(persistenceId, from, to, max, entry -> replay.accept(replayed(entry)));
            return true;
        }));
    }

    private PersistentRepr replayed(JournalEntry entry) {
        Object event = form.load(entry.serializer(), entry.kind(), entry.version(), entry.json());
        return PersistentRepr.apply(event, entry.sequence(), entry.persistenceId(), "", false, ActorRef.noSender(), "")
                .withTimestamp(entry.at().toEpochMilli());
    }

    /** Waits for what is being written: a restarted actor must not miss what the one before it sent. */
    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
        return Futures.scala(journal.settled()
                .thenCompose(_ -> journal.readers()
                        .readSoon(statements -> statements.stream(persistenceId)
                                .map(EventStream::highestSequence)
                                .orElse(0L))));
    }

    /** The writes of one message of Pekko's: all or none, like each of them. */
    private record AppendAll(List<Append> appends) implements Change<List<JournalEntry>> {
        @Override
        public List<JournalEntry> apply(WriteStatements statements) throws java.sql.SQLException {
            List<JournalEntry> entries = new ArrayList<>();
            for (Append append : appends) {
                entries.addAll(append.apply(statements));
            }
            return entries;
        }

        @Override
        public List<JournalEntry> committed(List<JournalEntry> answer) {
            return answer;
        }
    }
}
