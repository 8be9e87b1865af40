package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** {@code unix(7)} sockets: all give -1 with errno on failure. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class SocketCalls {
    /** sys/socket.h and asm-generic/socket.h: the same on x86-64 and aarch64. */
    static final int AF_UNIX = 1;

    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_NONBLOCK = 04000;
    static final int SOCK_CLOEXEC = 02000000;
    static final int SOL_SOCKET = 1;
    static final int SO_PEERCRED = 17;
    static final int SCM_RIGHTS = 1;
    static final int SCM_CREDENTIALS = 2;
    static final int MSG_CTRUNC = 8;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;

    static {
        Native.register(SocketCalls.class, NativeLibrary.getProcess());
    }

    private SocketCalls() {}

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, Pointer address, int length);

    static native int listen(int fd, int backlog);

    static native int connect(int fd, Pointer address, int length);

    /** {@code address} and {@code length} may be 0. */
    static native int accept4(int fd, long address, long length, int flags);

    static native int getsockopt(int fd, int level, int option, Pointer value, Pointer length);

    static native int fchmod(int fd, int mode);

    static native long sendto(int fd, Pointer bytes, long length, int flags, Pointer address, int addressLength);

    static native long sendmsg(int fd, Pointer message, int flags);

    static native long recvmsg(int fd, Pointer message, int flags);
}
