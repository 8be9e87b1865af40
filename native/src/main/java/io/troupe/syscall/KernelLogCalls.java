package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** {@code syslog(2)}, which the C library calls klogctl. */
final class KernelLogCalls {
    /** SYSLOG_ACTION_READ_ALL: what the ring buffer has, without taking it out (syslog(2)). */
    static final int READ_ALL = 3;

    /** SYSLOG_ACTION_SIZE_BUFFER: bytes of the ring buffer. */
    static final int SIZE_BUFFER = 10;

    static {
        Native.register(KernelLogCalls.class, NativeLibrary.getProcess());
    }

    private KernelLogCalls() {}

    /** {@return a number of bytes, or -1 with errno; EPERM for those who may not read} */
    static native int klogctl(int type, byte[] buffer, int length);
}
