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
    private static final Pattern COUNT = Pattern.compile("0|[1-9][0-9]{0,5}");

    private Handovers() {}

    static Handover of(Request.LaunchOptions options, Session session) {
        return of(options.preserveFds(), options.pidfdSocket(), session.peer().pid(), session::variable);
    }

    /** An exec gets none by socket activation, as in runc: who listens is the container's first process. */
    static Handover of(Request.ExecOptions options) {
        return new Handover(options.preserveFds(), List.of(), options.pidfdSocket());
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
            return new Handover(preserved, List.of(), pidfdSocket);
        }
        List<String> environment = new ArrayList<>();
        environment.add("LISTEN_FDS=" + listening);
        // The program is the first process of its pid namespace.
        environment.add("LISTEN_PID=1");
        String names = variables.apply("LISTEN_FDNAMES");
        if (names != null) {
            environment.add("LISTEN_FDNAMES=" + names);
        }
        return new Handover(listening + preserved, environment, pidfdSocket);
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
