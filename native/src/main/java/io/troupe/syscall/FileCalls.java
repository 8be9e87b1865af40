package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** {@code memfd_create(2)}, {@code flock(2)}, {@code rmdir(2)}, {@code statfs(2)}: all give -1 with errno on failure. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class FileCalls {
    /** linux/memfd.h. */
    static final int MFD_CLOEXEC = 1;

    static final int MFD_ALLOW_SEALING = 2;
    /** Linux 6.3. */
    static final int MFD_EXEC = 0x10;

    /** linux/fcntl.h. */
    static final int F_ADD_SEALS = 1033;

    static final int F_SEAL_SEAL = 1;
    static final int F_SEAL_SHRINK = 2;
    static final int F_SEAL_GROW = 4;
    static final int F_SEAL_WRITE = 8;

    /** sys/file.h. */
    static final int LOCK_EX = 2;

    static final int LOCK_NB = 4;

    /** struct statfs is 120 bytes on x86-64 and aarch64; f_type is its first long. */
    static final int STATFS_SIZE = 120;

    static {
        Native.register(FileCalls.class, NativeLibrary.getProcess());
    }

    private FileCalls() {}

    static native int memfd_create(String name, int flags);

    static native int flock(int fd, int operation);

    /** sys/mount.h. */
    static final int MNT_DETACH = 2;

    static final int UMOUNT_NOFOLLOW = 8;

    static native int umount2(String path, int flags);

    static native int rmdir(String path);

    static native int statfs(String path, Pointer result);
}
