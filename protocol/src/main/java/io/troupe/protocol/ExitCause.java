package io.troupe.protocol;

import org.jspecify.annotations.Nullable;

/** How a process ended. What is not known is {@link Unknown}, never a made-up number. */
public sealed interface ExitCause {

    /**
     * It returned from main or called exit.
     *
     * @param code 0 to 255
     * @param outOfMemory whether the kernel's out-of-memory killer struck in its cgroup: at another process than it
     */
    record Exited(int code, boolean outOfMemory) implements ExitCause {
        public Exited(int code) {
            this(code, false);
        }
    }

    /**
     * A signal ended it.
     *
     * @param signal its number
     * @param coreDumped whether a core was written
     * @param outOfMemory whether the kernel's out-of-memory killer struck in its cgroup
     */
    record Signalled(int signal, boolean coreDumped, boolean outOfMemory) implements ExitCause {}

    /**
     * It is gone and nobody saw how.
     *
     * @param reason why that is not known, a clause
     */
    record Unknown(String reason) implements ExitCause {}

    /** {@return the exit status a shell shows: the code, or 128 plus the signal; null if it is not known} */
    default @Nullable Integer shellStatus() {
        return switch (this) {
            case Exited(int code, var _) -> code;
            case Signalled(int signal, var _, var _) -> 128 + signal;
            case Unknown _ -> null;
        };
    }
}
