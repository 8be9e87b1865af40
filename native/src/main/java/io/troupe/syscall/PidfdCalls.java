package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * {@code pidfd_open(2)} and {@code pidfd_send_signal(2)} through {@code syscall(2)}, as glibc has them from 2.36 only;
 * {@code ioctl(2)} with {@code PIDFD_GET_INFO} (linux/pidfd.h, Linux 6.13; the exit information 6.15); {@code poll(2)}.
 */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class PidfdCalls {
    /** asm/unistd.h: the same on x86-64 and aarch64. */
    static final long SYS_pidfd_send_signal = 424;

    static final long SYS_pidfd_open = 434;

    /** _IOWR(0xFF, 11, struct pidfd_info) with the structure's first size, 64 bytes. */
    static final long PIDFD_GET_INFO = 0xC040FF0BL;

    static final int PIDFD_INFO_SIZE = 64;

    static final int PIDFD_INFO_EXIT = 1 << 3;

    /** Offsets in struct pidfd_info: mask, then exit_code, the last of the first version. */
    static final int MASK_OFFSET = 0;

    static final int EXIT_CODE_OFFSET = 60;

    /** poll.h. */
    static final short POLLIN = 1;

    static {
        Native.register(PidfdCalls.class, NativeLibrary.getProcess());
    }

    private PidfdCalls() {}

    /** Four arguments beside the number suffice here. Gives -1 with errno on failure. */
    static native long syscall(long number, long first, long second, long third, long fourth);

    /** {@return 0, or -1 with errno; ENOTTY on a kernel that does not know the request} */
    static native int ioctl(int fd, long request, Pointer argument);

    /** {@code fds} is an array of struct pollfd: int fd, short events, short revents. */
    static native int poll(Pointer fds, long count, int timeoutMillis);
}
