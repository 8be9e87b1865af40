package io.troupe.supervisor.app;

import ch.qos.logback.classic.Level;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.failpoint.Failpoint;
import io.troupe.supervisor.host.Host;
import io.troupe.syscall.Self;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** The supervisor's program: {@code troupe-supervisor --home DIR [--run DIR] [--data DIR] [--idle-timeout SECONDS]}. */
public final class Main {
    private static final int PRIVATE = 0077;
    private static final String LOG_FILE = "supervisor.log";

    private Main() {}

    /** Runs until the supervisor is told to stop, or idles too long. Exit status: that of {@link FailureCode}. */
    public static void main(String[] args) {
        Readiness readiness = new Readiness(System.getenv());
        try {
            run(List.of(args), System.getenv(), readiness);
        } catch (FailureException problem) {
            fail(readiness, problem.failure());
        } catch (IOException problem) {
            fail(readiness, new Failure(FailureCode.SYSTEM, "supervisor", described(problem), ""));
        } catch (RuntimeException | LinkageError defect) {
            LoggerFactory.getLogger(Main.class).error("the supervisor cannot start", defect);
            fail(
                    readiness,
                    new Failure(
                            FailureCode.INTERNAL,
                            "supervisor",
                            "a defect of Troupe stopped it at its start",
                            "See supervisor.log in the data directory, and report it"));
        }
        // Not halt(): a JVM that makes its AOT cache does so in an orderly end.
        System.exit(0);
    }

    private static void run(List<String> args, Map<String, String> environment, Readiness readiness)
            throws IOException {
        Self.umask(PRIVATE);
        checkFailpoint();
        Settings settings = Settings.parse(args, environment, Self.effectiveUid(), !Host.initialUserNamespace());
        makePrivate(settings.data());
        makePrivate(settings.run());
        DataLink.set(settings.run(), settings.data());
        LogSetup.to(settings.data().resolve(LOG_FILE), level(environment));
        try (Supervisor supervisor = Supervisor.start(settings, environment)) {
            readiness.ready();
            supervisor.awaitEnd();
            readiness.stopping();
        }
    }

    private static void checkFailpoint() {
        String mistake = Failpoint.mistake();
        if (mistake != null) {
            throw new FailureException(
                    FailureCode.USAGE, "-D" + Failpoint.PROPERTY, mistake, "Name one that Failpoint.java lists");
        }
    }

    /** Java says a mere path where the kernel's reason is in the exception's class. */
    private static String described(IOException problem) {
        return switch (problem) {
            case FileAlreadyExistsException there -> there.getFile() + ": it is there, and it is no directory";
            case NoSuchFileException missing -> missing.getFile() + ": it is not there";
            case AccessDeniedException denied -> denied.getFile() + ": access is denied";
            default -> "" + problem.getMessage();
        };
    }

    private static Level level(Map<String, String> environment) {
        return Level.toLevel(environment.get("TROUPE_LOG"), Level.INFO);
    }

    /** Makes a directory that only its owner may enter, or checks that it is one. */
    private static void makePrivate(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        Object owner = Files.getAttribute(directory, "unix:uid");
        if (!owner.equals(Self.effectiveUid())) {
            throw new FailureException(
                    FailureCode.NOT_ALLOWED,
                    directory.toString(),
                    "it belongs to uid " + owner + ", not to " + Self.effectiveUid(),
                    "Choose another by TROUPE_RUN or TROUPE_DATA");
        }
        permissions.removeAll(PosixFilePermissions.fromString("rwx------"));
        if (!permissions.isEmpty()) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static void fail(Readiness readiness, Failure failure) {
        readiness.failed(failure.line());
        System.err.println("troupe: " + failure.line());
        System.exit(failure.code().exitStatus());
    }
}
