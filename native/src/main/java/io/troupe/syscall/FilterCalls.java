package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** {@code seccomp(2)}, which glibc has no function for. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class FilterCalls {
    /** asm/unistd.h: 317 on x86-64, 277 on aarch64. */
    static final long SYS_seccomp = Machine.IS_ARM ? 277 : 317;

    /** linux/seccomp.h. */
    static final long SECCOMP_SET_MODE_FILTER = 1;

    static final long SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;
    static final long SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 32;

    static {
        Native.register(FilterCalls.class, NativeLibrary.getProcess());
    }

    private FilterCalls() {}

    /** {@return 0, or -1 with errno; EINVAL for a flag that the kernel does not know, EFAULT for no program} */
    static native long syscall(long number, long operation, long flags, @Nullable Pointer program);
}
