package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** {@code epoll(7)}: all give -1 with errno on failure. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class EpollCalls {
    /** sys/epoll.h: the same on x86-64 and aarch64. */
    static final int EPOLL_CLOEXEC = 02000000;

    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;
    static final int EPOLLIN = 1;
    static final int EPOLLOUT = 4;
    static final int EPOLLERR = 8;
    static final int EPOLLHUP = 0x10;

    /** struct epoll_event is packed on x86-64 only: u32 events, u64 data. */
    static final int DATA_OFFSET = Machine.IS_ARM ? 8 : 4;

    static final int EVENT_SIZE = DATA_OFFSET + Long.BYTES;

    static {
        Native.register(EpollCalls.class, NativeLibrary.getProcess());
    }

    private EpollCalls() {}

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, Pointer event);

    static native int epoll_wait(int epoll, Pointer events, int maximum, int timeoutMillis);
}
