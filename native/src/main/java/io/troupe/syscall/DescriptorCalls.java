package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * {@code close(2)}, {@code fcntl(2)}, {@code open(2)}, {@code read(2)}, {@code pread(2)}, {@code write(2)}, {@code eventfd(2)}: all
 * give -1 with errno on failure.
 */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class DescriptorCalls {
    /** fcntl.h: the same on x86-64 and aarch64. */
    static final int F_DUPFD_CLOEXEC = 1030;

    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int FD_CLOEXEC = 1;
    static final int O_NONBLOCK = 04000;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_CLOEXEC = 02000000;
    static final int O_PATH = 010000000;

    /** asm/fcntl.h: aarch64 has its own numbers for O_DIRECTORY and O_NOFOLLOW. */
    static final int O_DIRECTORY = Machine.IS_ARM ? 040000 : 0200000;

    static final int O_NOFOLLOW = Machine.IS_ARM ? 0100000 : 0400000;

    /** sys/eventfd.h. */
    static final int EFD_CLOEXEC = 02000000;

    static final int EFD_NONBLOCK = 04000;

    static {
        Native.register(DescriptorCalls.class, NativeLibrary.getProcess());
    }

    private DescriptorCalls() {}

    static native int close(int fd);

    static native int pipe2(int[] ends, int flags);

    static native int fcntl(int fd, int command, long argument);

    static native int open(String path, int flags, int mode);

    static native long read(int fd, Pointer buffer, long count);

    static native long pread(int fd, Pointer buffer, long count, long offset);

    static native long write(int fd, Pointer buffer, long count);

    static native int eventfd(int initial, int flags);
}
