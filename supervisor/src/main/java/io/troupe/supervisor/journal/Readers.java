package io.troupe.supervisor.journal;

import io.troupe.protocol.FailureException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** A few connections that read, each with its prepared statements. A reader sees all that was committed before. */
final class Readers implements AutoCloseable {
    /** Reads are short and SQLite does not wait for a disk that has them cached. */
    private static final int COUNT = 2;

    private final BlockingQueue<ReadStatements> idle = new ArrayBlockingQueue<>(COUNT);
    private final List<ReadStatements> all = new ArrayList<>();
    private final ExecutorService executor;
    private final JournalErrors errors;

    Readers(JournalFile file, JournalErrors errors) {
        this.errors = errors;
        for (int i = 0; i < COUNT; i++) {
            ReadStatements statements = new ReadStatements(file.reader(), errors);
            all.add(statements);
            idle.add(statements);
        }
        executor = Executors.newFixedThreadPool(
                COUNT,
                Thread.ofPlatform().daemon().name("troupe-journal-reader-", 0).factory());
    }

    /**
     * Reads on the caller's thread, once a connection is free.
     *
     * @throws FailureException JOURNAL
     */
    <T> T read(Query<T> query) {
        ReadStatements statements = borrowed();
        try {
            return query.read(statements);
        } catch (SQLException e) {
            throw errors.failure("read", e);
        } finally {
            idle.add(statements);
        }
    }

    /** {@return what the query answers, read on a thread of this pool} */
    <T> CompletableFuture<T> readAsync(Query<T> query) {
        Supplier<T> reading = () -> read(query);
        try {
            return CompletableFuture.supplyAsync(reading, executor);
        } catch (RejectedExecutionException _) {
            return CompletableFuture.failedFuture(errors.failure("it is closed", "Ask the next supervisor"));
        }
    }

    /**
     * {@return what a short query answers} At once and on the caller's thread if a connection is free, for two changes of
     * threads cost more than the query; else as {@link #readAsync}.
     */
    <T> CompletableFuture<T> readSoon(Query<T> query) {
        ReadStatements statements = idle.poll();
        if (statements == null) {
            return readAsync(query);
        }
        try {
            return CompletableFuture.completedFuture(query.read(statements));
        } catch (SQLException e) {
            return CompletableFuture.failedFuture(errors.failure("read", e));
        } catch (FailureException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            idle.add(statements);
        }
    }

    private ReadStatements borrowed() {
        boolean interrupted = false;
        while (true) {
            try {
                ReadStatements statements = idle.take();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return statements;
            } catch (InterruptedException _) {
                interrupted = true; // reads are short: the caller finds out afterwards
            }
        }
    }

    @Override
    public void close() {
        executor.close();
        for (int i = 0; i < all.size(); i++) {
            borrowed(); // waits for whoever reads
        }
        all.forEach(ReadStatements::close);
        // Whoever comes later hears of it from the closed connection.
        idle.addAll(all);
    }

    /**
     * Something to read.
     *
     * @param <T> what it answers
     */
    interface Query<T> {
        T read(ReadStatements statements) throws SQLException;
    }
}
