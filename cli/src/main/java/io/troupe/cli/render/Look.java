package io.troupe.cli.render;

import io.troupe.protocol.CommandLine.Invocation;
import java.time.DateTimeException;
import java.time.ZoneId;

/**
 * How an answer is wanted.
 *
 * @param json as JSON, not as text
 * @param quiet ids only, of a list
 * @param exitAsText the end of a process is printed, and is not the exit status
 * @param otherFailures exit status of failures that clients do not tell apart by their status
 * @param width columns of the terminal that standard output is; 0 if it is none
 * @param zone for times in text; in JSON they are UTC
 */
public record Look(boolean json, boolean quiet, boolean exitAsText, int otherFailures, int width, ZoneId zone) {

    /** {@return text for the caller's terminal and time zone (its variable TZ, else this host's)} */
    public static Look of(Invocation invocation) {
        boolean terminal =
                invocation.terminals().size() > 1 && invocation.terminals().get(1);
        return new Look(
                false,
                false,
                false,
                ReplyRenderer.OTHER_FAILURE,
                terminal ? invocation.columns() : 0,
                zone(invocation.environment().getOrDefault("TZ", "")));
    }

    /** {@return the same, as JSON if {@code format} is json} */
    public Look json(String format) {
        return new Look(format.equals("json"), quiet, exitAsText, otherFailures, width, zone);
    }

    /** {@return the same, ids only if so} */
    public Look withQuiet(boolean ids) {
        return new Look(json, ids, exitAsText, otherFailures, width, zone);
    }

    /** {@return the same, printing how a process ended} */
    public Look withExitAsText() {
        return new Look(json, quiet, true, otherFailures, width, zone);
    }

    /** {@return the same, with another exit status for other failures} */
    public Look withOtherFailuresAs(int status) {
        return new Look(json, quiet, exitAsText, status, width, zone);
    }

    private static ZoneId zone(String name) {
        if (name.isEmpty()) {
            return ZoneId.systemDefault();
        }
        try {
            return ZoneId.of(name.startsWith(":") ? name.substring(1) : name);
        } catch (DateTimeException _) {
            return ZoneId.systemDefault(); // TZ may also hold a POSIX rule, which Java does not know
        }
    }
}
