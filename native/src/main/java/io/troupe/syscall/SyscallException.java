package io.troupe.syscall;

import java.io.IOException;

/** A system call failed in a way that its caller cannot go on from. The message says call, subject and error. */
public final class SyscallException extends IOException {
    private static final long serialVersionUID = 1;

    /** Name and man section, such as {@code pidfd_open(2)}. */
    private final String call;

    private final int number;

    /**
     * Builds {@code pidfd_open(2) on pid 2147483647: ESRCH (3, No such process)}.
     *
     * @param call name and man section
     * @param subject what it was done to
     * @param number errno
     */
    public SyscallException(String call, String subject, int number) {
        super(call + " on " + subject + ": " + inBrackets(number));
        this.call = call;
        this.number = number;
    }

    /** {@return name and man section of the call} */
    public String call() {
        return call;
    }

    /** {@return the error, {@link Errno#UNKNOWN} for a number that has no name} */
    public Errno errno() {
        return Errno.of(number);
    }

    /** {@return the kernel's error number} */
    public int number() {
        return number;
    }

    private static String inBrackets(int number) {
        Errno errno = Errno.of(number);
        return errno == Errno.UNKNOWN ? "error " + number : errno + " (" + number + ", " + errno.text() + ")";
    }
}
