package io.troupe.supervisor.journal;

import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that writes. Whoever holds its lock takes all changes that wait, applies them in one transaction,
 * commits, and then completes their futures: many containers share the price of a commit. If the transaction fails, each
 * change is tried in one of its own, so that only the guilty one fails.
 *
 * <p>Where a commit does not wait for the disk, whoever submits a change writes it, and what others submit meanwhile:
 * handing it to another thread and back would take longer than the commit. Where it does, one thread of its own writes.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    private static final int MAX_GROUP = 1_000;

    private final Queue<Pending<?>> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock();
    private final @Nullable ExecutorService thread;
    private final WriteStatements statements;
    private final JournalErrors errors;
    private final Consumer<List<JournalEntry>> feed;
    private CompletableFuture<?> newest = CompletableFuture.completedFuture(null);
    private boolean closed;
    private volatile @Nullable Failure trouble;

    /**
     * @param statements owned from here on
     * @param waitsForDisk whether commits are slow
     * @param feed hears of committed events, in the order of their offsets, before their futures complete; must not block
     */
    GroupCommit(
            WriteStatements statements, JournalErrors errors, boolean waitsForDisk, Consumer<List<JournalEntry>> feed) {
        this.statements = statements;
        this.errors = errors;
        this.feed = feed;
        this.thread = waitsForDisk
                ? Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("troupe-journal-writer").factory())
                : null;
    }

    /** {@return the answer once it is committed, or the {@link FailureException} that it came to} */
    <T> CompletableFuture<T> submit(Change<T> change) {
        Pending<T> pending = new Pending<>(change);
        synchronized (this) {
            if (closed) {
                pending.answer.completeExceptionally(errors.failure("it is closed", "Ask the next supervisor"));
                return pending.answer;
            }
            newest = pending.answer;
            queue.add(pending);
            if (thread != null) {
                thread.execute(this::writeAll);
            }
        }
        if (thread == null) {
            writeAll();
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

    /**
     * Writes what waits, unless somebody is at it: who comes while it is written finds the lock taken, and whoever has it
     * looks again after letting go of it. Answers are given without the lock, because they may lead to new changes.
     */
    private void writeAll() {
        while (!queue.isEmpty() && writing.tryLock()) {
            List<Pending<?>> group = new ArrayList<>();
            try {
                while (group.size() < MAX_GROUP && queue.peek() != null) {
                    group.add(queue.remove());
                }
                commit(group);
            } finally {
                writing.unlock();
            }
            group.forEach(Pending::complete);
        }
    }

    private void commit(List<Pending<?>> group) {
        FailureException failure = group.isEmpty() ? null : tryCommit(group);
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
        pending.failure = failure;
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

    /** Commits what waits and closes the connection. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (thread != null) {
            thread.close();
        }
        writing.lock(); // for whoever writes what was submitted before
        try {
            commitRest();
            statements.close();
        } catch (SQLException e) {
            LOG.error("{}", errors.failure("close", e).getMessage());
        } finally {
            writing.unlock();
        }
    }

    private void commitRest() {
        List<Pending<?>> rest = new ArrayList<>(queue);
        queue.clear();
        commit(rest);
        rest.forEach(Pending::complete);
    }

    private static final class Pending<T> {
        private final Change<T> change;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private @Nullable T value;
        private @Nullable FailureException failure;

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
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                answer.complete(value);
            }
        }
    }
}
