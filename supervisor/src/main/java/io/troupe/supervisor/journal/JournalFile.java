package io.troupe.supervisor.journal;

import io.troupe.protocol.FailureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sqlite.JDBC;

/**
 * The database file, locked for this process as long as this is open, so that two supervisors never write one journal.
 * The lock is on a file of its own ({@code journal.db.lock}): POSIX drops a process's locks on a file as soon as it
 * closes any descriptor of it (fcntl(2)), and SQLite has locks on the database itself.
 */
final class JournalFile implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<?> FILE_MODE = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final FileAttribute<?> DIRECTORY_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    /** How long to wait for another program, such as an SQLite shell, to end its transaction. */
    private static final int BUSY_MILLIS = 5_000;

    private final JournalSettings settings;
    private final JournalErrors errors;
    private static final Duration PREDECESSOR_DEADLINE = Duration.ofSeconds(5);

    private final FileChannel lock;
    private final List<Connection> connections = new ArrayList<>();

    private JournalFile(JournalSettings settings, JournalErrors errors, FileChannel lock) {
        this.settings = settings;
        this.errors = errors;
        this.lock = lock;
    }

    /** Makes the file and its directory if need be, for the owner only, and locks it. */
    static JournalFile open(JournalSettings settings, JournalErrors errors) {
        try {
            return new JournalFile(settings, errors, prepared(settings.file(), errors));
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw errors.failure(
                    "cannot open: " + e.getFile() + ": " + reason,
                    "Make that path a directory or file of the user that runs the supervisor");
        } catch (IOException e) {
            throw errors.failure("cannot open: " + e.getMessage(), "Look at the file system");
        }
    }

    private static FileChannel prepared(Path file, JournalErrors errors) throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            Files.createDirectories(directory, DIRECTORY_MODE);
        }
        FileChannel lock = locked(file.resolveSibling(file.getFileName() + ".lock"), errors);
        try {
            Files.createFile(file, FILE_MODE);
        } catch (FileAlreadyExistsException _) {
            Files.setPosixFilePermissions(file, OWNER_ONLY);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
        return lock;
    }

    private static FileChannel locked(Path path, JournalErrors errors) throws IOException {
        FileChannel channel =
                FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FILE_MODE);
        if (!lock(channel)) {
            channel.close();
            String holder = Files.readString(path);
            throw errors.failure(
                    "another supervisor uses it" + (holder.isEmpty() ? "" : ", pid " + holder),
                    "Stop that one, or choose another data directory for this one");
        }
        byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        channel.truncate(0).write(ByteBuffer.wrap(pid));
        return channel;
    }

    /** A predecessor that is just ending is waited for; this very process, if it has the lock, is not. */
    private static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null || lockedInTime(channel);
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /** Closing the channel, which the caller does if this fails, ends the thread that waits. */
    private static boolean lockedInTime(FileChannel channel) throws IOException {
        CompletableFuture<FileLock> lock = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("journal-lock").start(() -> {
            try {
                lock.complete(channel.lock());
            } catch (IOException problem) {
                lock.completeExceptionally(problem);
            }
        });
        try {
            return lock.get(PREDECESSOR_DEADLINE.toSeconds(), TimeUnit.SECONDS).isValid();
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException problem) {
            throw new IOException("cannot lock: " + problem.getMessage(), problem);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** {@return the one connection that writes; the schema is today's; the caller closes it, at the latest {@link #close}} */
    Connection writer() {
        return connect("open", connection -> {
            run(connection, "PRAGMA auto_vacuum = INCREMENTAL"); // counts only before the first table
            run(connection, "PRAGMA journal_mode = WAL");
            run(connection, "PRAGMA synchronous = " + settings.synchronous());
            run(connection, "PRAGMA journal_size_limit = 8388608");
            run(connection, "PRAGMA cell_size_check = ON");
            Schema.migrate(connection, errors);
            limitSize(connection);
        });
    }

    /** {@return a connection that only reads; the caller closes it, at the latest {@link #close}} */
    Connection reader() {
        return connect("read", connection -> {
            run(connection, "PRAGMA cell_size_check = ON");
            run(connection, "PRAGMA query_only = ON");
        });
    }

    private void limitSize(Connection connection) throws SQLException {
        if (settings.maxBytes() > 0) {
            long pageSize = Schema.number(connection, "PRAGMA page_size");
            run(connection, "PRAGMA max_page_count = " + Math.max(1, settings.maxBytes() / pageSize));
        }
    }

    private Connection connect(String doing, Preparation preparation) {
        try {
            Connection connection = JDBC.createConnection(JDBC.PREFIX + settings.file(), new Properties());
            try {
                run(connection, "PRAGMA busy_timeout = " + BUSY_MILLIS);
                preparation.prepare(connection);
                connections.add(connection);
                return connection;
            } catch (SQLException | FailureException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw errors.failure(doing, e);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Closes what is still open, as after an opening that failed half way, and gives the lock back. */
    @Override
    public void close() {
        try (lock) {
            for (Connection connection : connections) {
                connection.close();
            }
        } catch (SQLException e) {
            throw errors.failure("close", e);
        } catch (IOException e) {
            throw errors.failure("cannot close: " + e.getMessage(), "Look at the file system");
        }
    }

    private interface Preparation {
        void prepare(Connection connection) throws SQLException;
    }
}
