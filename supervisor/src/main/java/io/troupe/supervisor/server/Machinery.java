package io.troupe.supervisor.server;

import io.troupe.protocol.ExitCause;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.Cgroups;
import io.troupe.supervisor.host.ProcFs;
import io.troupe.supervisor.process.Endings;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What launches do to the host themselves: private directories, pid files, and the end of a process that nobody wants. */
final class Machinery {
    private static final Logger LOG = LoggerFactory.getLogger(Machinery.class);
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final long END_SECONDS = 10;

    private final Descriptor binary;
    private final EventLoop loop;
    private final String bootId;

    /**
     * Works with the supervisor's own means, which stay the caller's.
     *
     * @param binary the sealed copy of the native program that enters containers
     */
    Machinery(Descriptor binary, EventLoop loop, String bootId) {
        this.binary = binary;
        this.loop = loop;
        this.bootId = bootId;
    }

    /** {@return the sealed copy of the native program} */
    Descriptor binary() {
        return binary;
    }

    /**
     * Checks that the cgroups are not somebody else's: what is in a container's cgroups dies with it.
     *
     * @throws FailureException ALREADY_EXISTS, if there are processes in one
     */
    static void requireFree(Footprint footprint) throws IOException {
        for (String cgroup : footprint.allCgroups()) {
            if (Files.exists(Path.of(cgroup))) {
                int others = Cgroups.processes(List.of(cgroup)).size();
                if (others > 0) {
                    throw new FailureException(
                            FailureCode.ALREADY_EXISTS,
                            "cgroup " + cgroup,
                            "it has " + others + (others == 1 ? " process" : " processes")
                                    + " in it, which would end with the container",
                            "Use another linux.cgroupsPath");
                }
            }
        }
    }

    /** Makes the private directory of an incarnation. */
    void makeDirectory(Footprint footprint) throws IOException {
        Path directory = Path.of(footprint.directory());
        try {
            Files.createDirectory(directory, PRIVATE_DIRECTORY);
        } catch (FileAlreadyExistsException _) {
            throw new FailureException(
                    FailureCode.ALREADY_EXISTS,
                    directory.toString(),
                    "it exists, and no container of this supervisor has it",
                    "See what is in it, then remove it");
        }
    }

    /** Says in the private directory which cgroups will be made, for as long as the journal does not. */
    void claimCgroups(Footprint footprint) throws IOException {
        Files.write(Path.of(footprint.directory(), Footprint.CGROUPS), footprint.cgroups());
    }

    /** Keeps the configuration as it is now: exec and hooks go by it. */
    void keepConfiguration(Footprint footprint, String config) throws IOException {
        // The process's umask makes it 0600.
        Files.writeString(
                Path.of(footprint.directory(), Footprint.CONFIG),
                config,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE_NEW);
    }

    /** Takes away what an incarnation has that never was recorded, and has no process. */
    static void discard(Footprint footprint) {
        Path directory = Path.of(footprint.directory());
        try {
            Cgroups.remove(footprint.cgroups()).forEach(LOG::warn);
            Files.deleteIfExists(directory.resolve(Footprint.CGROUPS));
            Files.deleteIfExists(directory.resolve(Footprint.START_SOCKET));
            Files.deleteIfExists(directory);
        } catch (IOException problem) {
            LOG.warn("{} stays until the next start: {}", directory, problem.getMessage());
        }
    }

    /**
     * {@return who the process is, seen from here}
     *
     * @throws IOException if it is gone
     */
    ProcessIdentity identify(Pidfd pidfd) throws IOException {
        int pid = pidfd.pid();
        if (pid == 0) {
            throw new FailureException(
                    FailureCode.SYSTEM, "client", "its processes are outside this supervisor's pid namespace", "");
        }
        if (pid < 0) {
            throw new IOException("the process is gone");
        }
        ProcFs.Stat stat = ProcFs.stat(pid).orElseThrow(() -> new IOException("process " + pid + " is gone"));
        return new ProcessIdentity(bootId, pid, stat.startTicks());
    }

    /**
     * {@return a hold on a container's process, owned by the caller}
     *
     * @throws IOException if it has just ended
     */
    Pidfd open(ProcessIdentity process) throws IOException {
        Pidfd pidfd = Pidfd.open(process.pid());
        if (isStill(process)) {
            return pidfd;
        }
        pidfd.close();
        throw new IOException("its process has just ended");
    }

    /** {@return whether the process is there and has not ended} */
    static boolean isStill(ProcessIdentity process) throws IOException {
        return ProcFs.stat(process.pid())
                .filter(stat -> stat.startTicks() == process.startTicks() && !stat.zombie())
                .isPresent();
    }

    /** Tells how a process ends, once it has, whoever its parent is. Takes the pidfd over. */
    void follow(Pidfd pidfd, ProcessIdentity process, Consumer<ExitCause> told) {
        Thread.ofVirtual().name("exec-" + process.pid()).start(() -> {
            try (pidfd) {
                pidfd.whenEnded(loop).join();
                told.accept(Endings.of(process, pidfd));
            } catch (IOException | CompletionException problem) {
                told.accept(new ExitCause.Unknown("it could not be watched: " + problem.getMessage()));
            }
        });
    }

    /**
     * A pid file that has been written beside its place. Whoever sees it there may start the container, so it is put
     * there when the journal knows the process.
     *
     * @param place null if nobody wants one
     */
    record PidFile(Path draft, @Nullable Path place) implements AutoCloseable {
        /** Puts it in its place, all of it at once. */
        void publish() throws IOException {
            if (place != null) {
                Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
            }
        }

        /** Removes what was not published. */
        @Override
        public void close() throws IOException {
            if (place != null) {
                Files.deleteIfExists(draft);
            }
        }
    }

    /** Writes the pid as runc does: no line feed, and never half of it. The caller publishes and closes it. */
    PidFile draftPidFile(@Nullable Path file, int pid) throws IOException {
        if (file == null) {
            return new PidFile(Path.of(""), null);
        }
        if (Files.isDirectory(file)) {
            throw new FailureException(
                    FailureCode.SYSTEM, "--pid-file " + file, "it is a directory", "Name a file in it");
        }
        Path draft = file.resolveSibling("." + file.getFileName() + "." + pid);
        try {
            Files.writeString(draft, Integer.toString(pid), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException _) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    "--pid-file " + file,
                    "its directory does not exist",
                    "Make it, or name another file");
        }
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        return new PidFile(draft, file);
    }

    /** The same at once, for a process that nobody starts by it. */
    void writePidFile(@Nullable Path file, int pid) throws IOException {
        try (PidFile written = draftPidFile(file, pid)) {
            written.publish();
        }
    }

    /** Kills a process that is not recorded, and waits until it has ended. */
    void end(Pidfd pidfd) {
        try {
            pidfd.send(Signals.SIGKILL);
            pidfd.whenEnded(loop).orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
        } catch (SyscallException problem) {
            LOG.warn("a half-made container's process could not be ended: {}", problem.getMessage());
        } catch (CompletionException problem) {
            LOG.warn("a half-made container's process did not end within {} s of SIGKILL", END_SECONDS);
        }
    }
}
