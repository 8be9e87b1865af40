package io.troupe.syscall;

/** This process. */
public final class Self {
    private Self() {}

    /** {@return its pid in its own pid namespace} */
    public static int pid() {
        return ProcessCalls.getpid();
    }

    /** {@return its real user id} */
    public static int uid() {
        return ProcessCalls.getuid();
    }

    /** {@return its effective user id} */
    public static int effectiveUid() {
        return ProcessCalls.geteuid();
    }

    /** {@return its real group id} */
    public static int gid() {
        return ProcessCalls.getgid();
    }

    /** {@return its effective group id} */
    public static int effectiveGid() {
        return ProcessCalls.getegid();
    }

    /**
     * Sets the file mode creation mask of the whole process.
     *
     * @param mask such as 077
     * @return the former mask
     */
    public static int umask(int mask) {
        return ProcessCalls.umask(mask);
    }

    /** Ends this process at once, as {@code kill -9} does: no shutdown hook, no finally. */
    public static void kill() {
        Signals.kill(pid(), Signals.SIGKILL);
    }
}
