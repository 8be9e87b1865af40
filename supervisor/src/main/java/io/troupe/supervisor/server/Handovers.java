package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.supervisor.plan.Handover;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What callers hand to processes. Descriptors of socket activation (sd_listen_fds(3)) come before those of an option. */
final class Handovers {
    static final String NOTIFY = "NOTIFY_SOCKET";
    /** crun's. */
    private static final String SECCOMP_RECEIVER = "RUN_OCI_SECCOMP_RECEIVER";

    private static final Pattern COUNT = Pattern.compile("0|[1-9][0-9]{0,5}");

    private Handovers() {}

    /**
     * @param borrowed whether the root file system is the host's, where nothing may be made
     */
    static Handover of(Request.LaunchOptions options, boolean borrowed, Session session) {
        Handover handover =
                of(options.preserveFds(), options.pidfdSocket(), session.peer().pid(), session::variable);
        return notifyAddress(session.variable(NOTIFY)) == null ? handover : notifying(handover, borrowed);
    }

    static Handover notifying(Handover handover, boolean borrowed) {
        List<String> environment = new ArrayList<>(handover.environment());
        environment.add(NOTIFY + "=" + Handover.notifyDirectory(borrowed) + "/notify.sock");
        return new Handover(
                handover.descriptors(), environment, handover.pidfdSocket(), true, handover.seccompReceiver());
    }

    /** {@return the address of the caller's service manager: a path, or @ and a name; null without one} */
    static @Nullable String notifyAddress(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        if ((value.startsWith("/") || value.startsWith("@")) && value.length() > 1) {
            return value;
        }
        throw new FailureException(
                FailureCode.UNSUPPORTED, NOTIFY, "\"" + value + "\" is no Unix socket", "Unset it in the environment");
    }

    /** An exec gets none by socket activation, as in runc: who listens is the container's first process. */
    static Handover of(Request.ExecOptions options, Session session) {
        return new Handover(
                options.preserveFds(), List.of(), options.pidfdSocket(), false, seccompReceiver(session::variable));
    }

    /**
     * @param caller pid of the client, which has the descriptors only if {@code LISTEN_PID} is its own
     * @param variables the caller's; null for those that it has not
     */
    static Handover of(
            int preserved, @Nullable String pidfdSocket, int caller, Function<String, @Nullable String> variables) {
        int listening = Integer.toString(caller).equals(variables.apply("LISTEN_PID"))
                ? count(variables.apply("LISTEN_FDS"))
                : 0;
        if (listening == 0) {
            return new Handover(preserved, List.of(), pidfdSocket, false, seccompReceiver(variables));
        }
        List<String> environment = new ArrayList<>();
        environment.add("LISTEN_FDS=" + listening);
        // The program is the first process of its pid namespace.
        environment.add("LISTEN_PID=1");
        String names = variables.apply("LISTEN_FDNAMES");
        if (names != null) {
            environment.add("LISTEN_FDNAMES=" + names);
        }
        return new Handover(listening + preserved, environment, pidfdSocket, false, seccompReceiver(variables));
    }

    private static @Nullable String seccompReceiver(Function<String, @Nullable String> variables) {
        String path = variables.apply(SECCOMP_RECEIVER);
        if (path == null || path.isEmpty() || path.startsWith("/")) {
            return path == null || path.isEmpty() ? null : path;
        }
        throw new FailureException(
                FailureCode.USAGE,
                SECCOMP_RECEIVER,
                "\"" + path + "\" is not an absolute path",
                "Begin it with /, or unset it in the environment");
    }

    private static int count(@Nullable String text) {
        if (text != null && COUNT.matcher(text).matches()) {
            return Integer.parseInt(text);
        }
        throw new FailureException(
                FailureCode.USAGE,
                "LISTEN_FDS",
                text == null ? "LISTEN_PID is set without it" : "it is not a number of descriptors",
                "Correct it in the environment, or unset LISTEN_PID");
    }
}
