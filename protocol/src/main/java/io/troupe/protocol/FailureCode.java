package io.troupe.protocol;

/**
 * Kinds of failure and the exit status each one gives. Statuses of containers pass through unchanged; these are the
 * ones of the runtime itself. runc and crun say 1 for nearly everything and podman reads 126 and 127, so only what
 * clients act upon differs.
 */
public enum FailureCode {
    /** The command line is wrong. */
    USAGE(2),
    /** An id breaks the rules of {@link ContainerName}. */
    INVALID_ID(1),
    /** No such container, now or in history. */
    NOT_FOUND(1),
    /** The id is taken. */
    ALREADY_EXISTS(1),
    /** The command does not fit the container's state. */
    WRONG_STATE(1),
    /** config.json or the bundle is wrong. */
    INVALID_BUNDLE(1),
    /** A flag or field that is not served yet. */
    UNSUPPORTED(1),
    /** The kernel, or a step of a launch, refused. */
    SYSTEM(1),
    /** The program exists and cannot be executed. */
    NOT_EXECUTABLE(126),
    /** The program does not exist. */
    PROGRAM_NOT_FOUND(127),
    /** The journal cannot be read or written. */
    JOURNAL(1),
    /** Something took longer than its deadline. */
    TIMEOUT(1),
    /** The peer may not ask this. */
    NOT_ALLOWED(1),
    /** A defect of Troupe. */
    INTERNAL(1);

    private final int exitStatus;

    FailureCode(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    /** {@return the exit status of a command that fails so, 1 to 127} */
    public int exitStatus() {
        return exitStatus;
    }
}
