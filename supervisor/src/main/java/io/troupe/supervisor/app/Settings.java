package io.troupe.supervisor.app;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a supervisor runs.
 *
 * @param home the distribution's directory, with bin, lib and libexec
 * @param run where sockets and containers' private directories live; absolute
 * @param data where the journal and the log live; absolute
 * @param idleTimeout how long it stays without a living container and without a caller; null for ever
 */
record Settings(Path home, Path run, Path data, @Nullable Duration idleTimeout) {
    /** How long a supervisor that was started on demand stays when nobody needs it. */
    static final Duration DEFAULT_IDLE = Duration.ofMinutes(10);

    /** Set by a client that starts a supervisor, and by nobody else. */
    static final String READY_FD = "TROUPE_READY_FD";

    /**
     * Reads the words of {@code troupe-supervisor}.
     *
     * @param uid the effective user id; root's directories are the system's
     * @param mapped whether this is in a user namespace, whose root is somebody else outside
     * @throws FailureException USAGE, for a word that is not known or a directory that is not given anywhere
     */
    static Settings parse(List<String> args, Map<String, String> environment, int uid, boolean mapped) {
        Path home = null;
        Path run = path(environment.get("TROUPE_RUN"));
        Path data = path(environment.get("TROUPE_DATA"));
        // Started by a client: on demand. By systemd or by hand: it stays.
        Duration idle = environment.containsKey(READY_FD) ? DEFAULT_IDLE : null;
        for (Iterator<String> words = args.iterator(); words.hasNext(); ) {
            String word = words.next();
            switch (word) {
                case "--home" -> home = path(value(word, words));
                case "--run" -> run = path(value(word, words));
                case "--data" -> data = path(value(word, words));
                case "--idle-timeout" -> idle = seconds(value(word, words));
                default -> throw usage("unknown option \"" + word + "\"", "Use --run, --data, --idle-timeout SECONDS");
            }
        }
        if (home == null) {
            throw usage("--home is missing", "Start it as bin/troupe supervisor run");
        }
        Path directory = run != null ? run : defaultRun(environment, uid, mapped);
        return new Settings(
                home, directory, data != null ? data : defaultData(environment, uid, mapped, directory), idle);
    }

    /** The client's rule (options.c). Where it needs the uid outside it is always the client who starts us. */
    private static Path defaultRun(Map<String, String> environment, int uid, boolean mapped) {
        if (uid == 0 && !mapped) {
            return Path.of("/run/troupe");
        }
        String runtime = environment.get("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isEmpty()) {
            return Path.of(runtime, name(uid, mapped));
        }
        if (mapped) {
            throw usage("XDG_RUNTIME_DIR is not set", "Set it, or TROUPE_RUN to a directory of yours");
        }
        return Path.of("/tmp", "troupe-" + Integer.toUnsignedString(uid));
    }

    private static String name(int uid, boolean mapped) {
        return uid == 0 && mapped ? "troupe-userns" : "troupe";
    }

    private static Path defaultData(Map<String, String> environment, int uid, boolean mapped, Path run) {
        if (uid == 0 && !mapped) {
            return Path.of("/var/lib/troupe");
        }
        String data = environment.get("XDG_DATA_HOME");
        if (data != null && !data.isEmpty()) {
            return Path.of(data, name(uid, mapped));
        }
        String user = environment.get("HOME");
        if (user == null || user.isEmpty()) {
            return DataLink.of(run)
                    .orElseThrow(() -> usage(
                            "neither XDG_DATA_HOME nor HOME is set",
                            "Set one, or TROUPE_DATA to a directory of yours"));
        }
        return Path.of(user, ".local", "share", name(uid, mapped));
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null || text.isEmpty()
                ? null
                : Path.of(text).toAbsolutePath().normalize();
    }

    private static String value(String word, Iterator<String> words) {
        if (!words.hasNext()) {
            throw usage("missing value after " + word, "Give one");
        }
        return words.next();
    }

    private static Duration seconds(String text) {
        try {
            long seconds = Long.parseLong(text);
            if (seconds >= 1) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException _) {
            // said below, as for numbers out of range
        }
        throw usage("--idle-timeout \"" + text + "\" is not a number of seconds, 1 or more", "Give one");
    }

    private static FailureException usage(String what, String remedy) {
        return new FailureException(FailureCode.USAGE, "supervisor", what, remedy);
    }
}
