package io.troupe.syscall;

import com.sun.jna.Native;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open file descriptor with an owner, close-on-exec. Whoever has it closes it, once or more often; closing it also
 * ends its registration with an {@link EventLoop}. Safe for several threads, but a number must not be in use by a call
 * of one thread while another closes it.
 */
public final class Descriptor implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;
    private volatile EventLoop.@Nullable Registration registration;

    Descriptor(int number) {
        this.number = new AtomicInteger(number);
    }

    /**
     * Takes over a descriptor that this process got at its start, as socket activation does.
     *
     * @param number as the protocol says, such as 3
     */
    public static Descriptor inherited(int number) {
        return new Descriptor(number);
    }

    /** Opens a directory for naming files beneath it ({@code O_PATH}); the last component must not be a link. */
    public static Descriptor ofDirectory(Path directory) throws SyscallException {
        int flags = DescriptorCalls.O_PATH
                | DescriptorCalls.O_DIRECTORY
                | DescriptorCalls.O_NOFOLLOW
                | DescriptorCalls.O_CLOEXEC;
        return open(directory, flags, 0);
    }

    static Descriptor open(Path path, int flags, int mode) throws SyscallException {
        int opened = DescriptorCalls.open(path.toString(), flags, mode);
        if (opened < 0) {
            throw new SyscallException("open(2)", path.toString(), Native.getLastError());
        }
        return new Descriptor(opened);
    }

    /** {@return another descriptor of the same open file, close-on-exec, owned by the caller} */
    public Descriptor duplicate() throws SyscallException {
        int original = number();
        int copy = DescriptorCalls.fcntl(original, DescriptorCalls.F_DUPFD_CLOEXEC, 0);
        if (copy < 0) {
            throw new SyscallException("fcntl(2) F_DUPFD_CLOEXEC", "descriptor " + original, Native.getLastError());
        }
        return new Descriptor(copy);
    }

    /** {@return a path that names the open file for this process as long as the descriptor is open} */
    public Path procPath() {
        return Path.of("/proc/self/fd/" + number());
    }

    /** {@return whether it has not been closed} */
    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    @Override
    public void close() {
        EventLoop.Registration registered = registration;
        if (registered != null) {
            registered.cancel();
        }
        int closing = number.getAndSet(CLOSED);
        if (closing != CLOSED && DescriptorCalls.close(closing) < 0 && Native.getLastError() == Errno.EBADF.number()) {
            throw new IllegalStateException("descriptor " + closing + " was closed by someone else");
        }
    }

    /** {@return the number, for calls in this package} */
    int number() {
        int open = number.get();
        if (open == CLOSED) {
            throw new IllegalStateException("this descriptor is closed");
        }
        return open;
    }

    void registered(EventLoop.@Nullable Registration current) {
        registration = current;
    }

    @Override
    public String toString() {
        return "descriptor " + number.get();
    }
}
