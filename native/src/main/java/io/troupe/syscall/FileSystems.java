package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.file.Path;

/** What {@code java.nio.file} does not tell of files. */
public final class FileSystems {
    /** linux/magic.h. */
    public static final long CGROUP2_SUPER_MAGIC = 0x63677270;

    public static final long CGROUP_SUPER_MAGIC = 0x27e0eb;
    public static final long TMPFS_MAGIC = 0x01021994;
    public static final long RDTGROUP_SUPER_MAGIC = 0x7655821;
    public static final long PROC_SUPER_MAGIC = 0x9fa0;

    private FileSystems() {}

    /** What became of a directory that was to be removed. */
    public enum Removal {
        REMOVED,
        /** There was none. */
        MISSING,
        /** It has children (ENOTEMPTY), or is a cgroup with processes or a mount point (EBUSY). */
        IN_USE
    }

    /** {@return the kind of file system at a path, as linux/magic.h numbers them} */
    public static long type(Path path) throws SyscallException {
        try (Memory result = new Memory(FileCalls.STATFS_SIZE)) {
            if (FileCalls.statfs(path.toString(), result) < 0) {
                throw new SyscallException("statfs(2)", path.toString(), Native.getLastError());
            }
            return result.getLong(0);
        }
    }

    /** Takes the mounts at and below a path away, busy or not (umount2(2), MNT_DETACH); does nothing if there are none. */
    public static void detach(Path path) throws SyscallException {
        while (FileCalls.umount2(path.toString(), FileCalls.MNT_DETACH | FileCalls.UMOUNT_NOFOLLOW) == 0) {
            // Another may lie below: the first was mounted last.
        }
        int number = Native.getLastError();
        if (Errno.of(number) != Errno.EINVAL && Errno.of(number) != Errno.ENOENT) {
            throw new SyscallException("umount2(2)", path.toString(), number);
        }
    }

    /** Removes an empty directory or a cgroup without processes and children; a symbolic link is not followed. */
    public static Removal removeDirectory(Path path) throws SyscallException {
        if (FileCalls.rmdir(path.toString()) == 0) {
            return Removal.REMOVED;
        }
        int number = Native.getLastError();
        return switch (Errno.of(number)) {
            case ENOENT -> Removal.MISSING;
            case ENOTEMPTY, EBUSY, EEXIST -> Removal.IN_USE;
            default -> throw new SyscallException("rmdir(2)", path.toString(), number);
        };
    }
}
