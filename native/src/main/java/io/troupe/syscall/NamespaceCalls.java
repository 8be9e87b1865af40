package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** {@code unshare(2)}, {@code setns(2)}, and {@code ioctl(2)} as netdevice(7) has it: all give -1 with errno on failure. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class NamespaceCalls {
    /** sched.h. */
    static final int CLONE_NEWNET = 0x40000000;

    /** sys/socket.h. */
    static final int AF_INET = 2;

    /** linux/sockios.h. */
    static final long SIOCGIFFLAGS = 0x8913;

    static final long SIOCSIFFLAGS = 0x8914;

    /** net/if.h: struct ifreq has the name in its first 16 bytes, then here the flags, a short. */
    static final int IFREQ_SIZE = 40;

    static final int IFR_FLAGS = 16;
    static final int IFF_UP = 1;

    static {
        Native.register(NamespaceCalls.class, NativeLibrary.getProcess());
    }

    private NamespaceCalls() {}

    static native int unshare(int flags);

    static native int setns(int fd, int kind);

    static native int ioctl(int fd, long request, Pointer argument);
}
