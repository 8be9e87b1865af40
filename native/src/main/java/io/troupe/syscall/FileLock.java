package io.troupe.syscall;

import com.sun.jna.Native;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive lock on a file ({@code flock(2)}), held until it is closed or the process ends, whichever way. The file
 * is made with mode 0600 and stays.
 */
public final class FileLock implements AutoCloseable {
    private static final int ONLY_OWNER = 0600;

    private final Descriptor descriptor;

    private FileLock(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** {@return the lock, or empty if another holds it} */
    public static Optional<FileLock> tryAcquire(Path path) throws SyscallException {
        int flags = DescriptorCalls.O_RDWR
                | DescriptorCalls.O_CREAT
                | DescriptorCalls.O_NOFOLLOW
                | DescriptorCalls.O_CLOEXEC;
        Descriptor file = Descriptor.open(path, flags, ONLY_OWNER);
        if (FileCalls.flock(file.number(), FileCalls.LOCK_EX | FileCalls.LOCK_NB) == 0) {
            return Optional.of(new FileLock(file));
        }
        int number = Native.getLastError();
        file.close();
        if (Errno.of(number) == Errno.EAGAIN) {
            return Optional.empty();
        }
        throw new SyscallException("flock(2)", path.toString(), number);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
