package io.troupe.supervisor.journal;

import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes all changes that wait, applies them in one transaction, commits, and only then
 * completes their futures: many containers share the price of a commit. If the transaction fails, each change is tried
 * in one of its own, so that only the guilty one fails.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
    private static final int MAX_GROUP = 1_000;

    private final LinkedBlockingQueue<Pending<?>> queue = new LinkedBlockingQueue<>();
    private final WriteStatements statements;
    private final JournalErrors errors;
    private final Consumer<List<JournalEntry>> feed;
    private final Thread thread;
    private final Pending<Boolean> last;
    private CompletableFuture<?> newest = CompletableFuture.completedFuture(null);
    private boolean closed;
    private volatile @Nullable Failure trouble;

    /**
     * @param statements owned from here on
     * @param feed hears of committed events, in the order of their offsets, on the writer's thread; must not block
     */
    GroupCommit(WriteStatements statements, JournalErrors errors, Consumer<List<JournalEntry>> feed) {
        this.statements = statements;
        this.errors = errors;
        this.feed = feed;
        this.last = new Pending<>(_ -> true);
        this.thread = Thread.ofPlatform().name("troupe-journal-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** {@return the answer once it is committed, or the {@link FailureException} that it came to} */
    synchronized <T> CompletableFuture<T> submit(Change<T> change) {
        Pending<T> pending = new Pending<>(change);
        if (closed) {
            pending.answer.completeExceptionally(errors.failure("it is closed", "Ask the next supervisor"));
        } else {
            newest = pending.answer;
            queue.add(pending);
        }
        return pending.answer;
    }

    /** {@return completes once everything submitted until now has been committed or has failed; never fails} */
    synchronized CompletableFuture<Void> settled() {
        return newest.handle((_, _) -> null);
    }

    /** {@return why the last transaction failed; empty if it did not} */
    Optional<Failure> trouble() {
        return Optional.ofNullable(trouble);
    }

    private void run() {
        List<Pending<?>> group = new ArrayList<>();
        do {
            group.clear();
            take(group);
            commit(group);
        } while (!group.contains(last));
        try {
            statements.close();
        } catch (SQLException e) {
            LOG.error("{}", errors.failure("close", e).getMessage());
        }
    }

    private void take(List<Pending<?>> group) {
        try {
            group.add(queue.take());
            queue.drainTo(group, MAX_GROUP - 1);
        } catch (InterruptedException _) {
            // Only close() ends this thread: nobody else knows of it.
            LOG.warn("the journal's writer was interrupted, and goes on");
        }
    }

    private void commit(List<Pending<?>> group) {
        FailureException failure = tryCommit(group);
        if (failure == null) {
            return;
        }
        if (group.size() == 1) {
            fail(group.getFirst(), failure);
            return;
        }
        for (Pending<?> pending : group) {
            FailureException own = tryCommit(List.of(pending));
            if (own != null) {
                fail(pending, own);
            }
        }
    }

    private void fail(Pending<?> pending, FailureException failure) {
        trouble = failure.failure();
        LOG.error("{}", failure.getMessage());
        pending.answer.completeExceptionally(failure);
    }

    private @Nullable FailureException tryCommit(List<Pending<?>> group) {
        long offset = statements.lastOffset();
        try {
            statements.begin();
            for (Pending<?> pending : group) {
                pending.apply(statements);
            }
            statements.commit();
        } catch (SQLException e) {
            rollback(offset);
            return errors.failure("write", e);
        } catch (FailureException e) {
            rollback(offset);
            return e;
        } catch (RuntimeException e) {
            LOG.error("a change of the journal threw", e);
            rollback(offset);
            return errors.failure("cannot write: " + e, "Report it with the supervisor's log");
        }
        trouble = null;
        group.forEach(this::publish);
        group.forEach(Pending::complete);
        return null;
    }

    private void publish(Pending<?> pending) {
        List<JournalEntry> entries = pending.committed();
        if (!entries.isEmpty()) {
            feed.accept(entries);
        }
    }

    private void rollback(long offset) {
        try {
            statements.rollback(offset);
        } catch (SQLException e) {
            LOG.error("{}", errors.failure("roll back", e).getMessage());
        }
    }

    /** Commits what waits, ends the thread and closes the connection. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            queue.add(last);
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true; // what waits must be written first
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Pending<T> {
        private final Change<T> change;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private @Nullable T value;

        Pending(Change<T> change) {
            this.change = change;
        }

        void apply(WriteStatements statements) throws SQLException {
            value = change.apply(statements);
        }

        List<JournalEntry> committed() {
            return value == null ? List.of() : change.committed(value);
        }

        @SuppressWarnings("NullAway") // a change answers null only if T allows it
        void complete() {
            answer.complete(value);
        }
    }
}
