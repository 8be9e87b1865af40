package io.troupe.supervisor.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the caller hands to a process besides its configuration.
 *
 * @param descriptors how many from 3 on the program gets, those of {@code LISTEN_FDS} among them
 * @param environment {@code NAME=value}, added to the process's own
 * @param pidfdSocket listening socket that the process's pidfd is sent to, absolute; null for none
 * @param notifies whether the {@code notify} of the private directory is mounted at {@link #notifyDirectory}
 * @param seccompReceiver who decides over system calls where the configuration does not say who, absolute; null for nobody
 */
public record Handover(
        int descriptors,
        List<String> environment,
        @Nullable String pidfdSocket,
        boolean notifies,
        @Nullable String seccompReceiver) {
    /** Nothing. */
    public static final Handover NONE = new Handover(0, List.of(), null, false, null);

    private static final String NOTIFY = "/run/notify";
    private static final String NOTIFY_OF_BORROWED = "/dev/notify";

    public Handover {
        environment = List.copyOf(environment);
    }

    /**
     * {@return where a container finds the directory with the socket of sd_notify(3): runc's place}
     *
     * @param borrowed whether its root is the host's own, where nothing may be made but in its new /dev
     */
    public static String notifyDirectory(boolean borrowed) {
        return borrowed ? NOTIFY_OF_BORROWED : NOTIFY;
    }
}
