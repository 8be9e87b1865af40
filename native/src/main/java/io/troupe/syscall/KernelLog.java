package io.troupe.syscall;

import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the kernel has said of late. */
public final class KernelLog {
    private KernelLog() {}

    /** {@return its lines, each with a priority as {@code <3>}, oldest first; empty for those who may not read them} */
    public static Optional<String> read() throws SyscallException {
        int size = KernelLogCalls.klogctl(KernelLogCalls.SIZE_BUFFER, new byte[0], 0);
        byte[] buffer = new byte[Math.max(size, 0)];
        int length = size < 0 ? size : KernelLogCalls.klogctl(KernelLogCalls.READ_ALL, buffer, buffer.length);
        if (length >= 0) {
            return Optional.of(new String(buffer, 0, length, StandardCharsets.UTF_8));
        }
        int number = Native.getLastError();
        if (Errno.of(number) == Errno.EPERM) {
            return Optional.empty();
        }
        throw new SyscallException("syslog(2)", "the kernel's log", number);
    }
}
