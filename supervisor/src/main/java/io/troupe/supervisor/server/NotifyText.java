package io.troupe.supervisor.server;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * The text of a container's sd_notify(3) message: what of it reaches the service manager. Not what names processes and
 * descriptors (MAINPID, FDSTORE), which a container could use against its host.
 */
final class NotifyText {
    static final String READY = "READY=1";
    private static final Set<String> PASSED = Set.of(
            "READY",
            "RELOADING",
            "STOPPING",
            "STATUS",
            "ERRNO",
            "BUSERROR",
            "MONOTONIC_USEC",
            "WATCHDOG",
            "WATCHDOG_USEC",
            "EXTEND_TIMEOUT_USEC");

    private NotifyText() {}

    /** {@return the lines that are passed on, without a line feed after the last; "" if there are none} */
    static String passed(String message) {
        return message.lines()
                .filter(line -> line.indexOf('=') > 0 && PASSED.contains(line.substring(0, line.indexOf('='))))
                .collect(Collectors.joining("\n"));
    }

    static boolean saysReady(String message) {
        return message.lines().anyMatch(READY::equals);
    }
}
