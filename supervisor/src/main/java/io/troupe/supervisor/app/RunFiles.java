package io.troupe.supervisor.app;

import io.troupe.syscall.UnixServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor's socket and pid file. Somebody may have removed the run directory, and another supervisor may serve there
 * now: what is removed is what was made here, and not what has its name.
 */
final class RunFiles {
    private static final String SOCKET = "supervisor.sock";
    private static final String PID_FILE = "supervisor.pid";

    private final Path directory;
    private final String pid;
    private @Nullable Object listening;

    /**
     * Makes nothing yet.
     *
     * @param directory the run directory, which exists
     * @param pid the supervisor's
     */
    RunFiles(Path directory, long pid) {
        this.directory = directory;
        this.pid = pid + "\n";
    }

    Path socket() {
        return directory.resolve(SOCKET);
    }

    private Path pidFile() {
        return directory.resolve(PID_FILE);
    }

    /** Listens, over a socket that a dead supervisor left. Who calls this has the lock of the journal. */
    UnixServer listen() throws IOException {
        Files.deleteIfExists(socket());
        UnixServer server = UnixServer.listen(socket());
        listening = identity(socket());
        return server;
    }

    void writePid() throws IOException {
        Files.writeString(pidFile(), pid);
    }

    /** {@return device and inode, which no other file has while the socket is open} */
    private static @Nullable Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Removes what was made here and is still there. To be called before the socket is closed. */
    void remove() throws IOException {
        try {
            if (listening != null && listening.equals(identity(socket()))) {
                Files.delete(socket());
            }
            if (Files.readString(pidFile()).equals(pid)) {
                Files.delete(pidFile());
            }
        } catch (NoSuchFileException _) {
            // The directory was removed, as happens to those below /run and /tmp.
        }
    }
}
