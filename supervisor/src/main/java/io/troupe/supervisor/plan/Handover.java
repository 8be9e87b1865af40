package io.troupe.supervisor.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the caller hands to a process besides its configuration.
 *
 * @param descriptors how many from 3 on the program gets, those of {@code LISTEN_FDS} among them
 * @param environment {@code NAME=value}, added to the process's own
 * @param pidfdSocket listening socket that the process's pidfd is sent to, absolute; null for none
 */
public record Handover(
        int descriptors, List<String> environment, @Nullable String pidfdSocket) {
    /** Nothing. */
    public static final Handover NONE = new Handover(0, List.of(), null);

    public Handover {
        environment = List.copyOf(environment);
    }
}
