package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** {@code poll(2)}: gives how many descriptors are ready, or -1 with errno. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class PollCalls {
    /** poll.h. */
    static final short POLLPRI = 2;

    /** Told without being asked for. */
    static final short POLLHUP = 16;

    /** struct pollfd: int fd, short events, short revents. */
    static final int EVENTS_OFFSET = 4;

    static final int REVENTS_OFFSET = 6;
    static final int POLLFD_SIZE = 8;

    static {
        Native.register(PollCalls.class, NativeLibrary.getProcess());
    }

    private PollCalls() {}

    static native int poll(Pointer descriptors, long count, int timeoutMillis);
}
