package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code kill(2)}, {@code getpid(2)}, {@code geteuid(2)} and such. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class ProcessCalls {
    static {
        Native.register(ProcessCalls.class, NativeLibrary.getProcess());
    }

    private ProcessCalls() {}

    /** {@return 0, or -1 with errno} */
    static native int kill(int pid, int signal);

    static native int getpid();

    static native int getuid();

    static native int geteuid();

    static native int getgid();

    static native int getegid();

    /** {@return the former mask; cannot fail} */
    static native int umask(int mask);
}
