package io.troupe.protocol;

import java.util.Locale;

/** Where a container is in its life (runtime.md, "State", and the paused state that runtimes add). */
public enum Status {
    CREATING,
    CREATED,
    RUNNING,
    PAUSED,
    STOPPED;

    /** {@return the word of the OCI specification} */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
