package io.troupe.syscall;

import com.sun.jna.Native;
import java.nio.file.Path;
import java.util.Optional;

/** A listening {@code AF_UNIX} stream socket that never blocks. Owns its descriptor, not the file of its path. */
public final class UnixServer implements AutoCloseable {
    private static final int ONLY_OWNER = 0600;
    private static final int BACKLOG = 4096;

    private final Descriptor descriptor;

    private UnixServer(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Listens at a path, with mode 0600 from the moment it exists. The path may be of any length, its last component up
     * to 80 bytes. Its directory is the caller's to make, with mode 0700.
     *
     * @throws SyscallException EADDRINUSE if there is a file of that name
     */
    public static UnixServer listen(Path path) throws SyscallException {
        Descriptor socket = UnixChannel.newSocket(SocketCalls.SOCK_STREAM);
        try (Descriptor directory = directoryOf(path);
                SocketAddress address = SocketAddress.beneath(directory, path, "bind(2)")) {
            // bind(2) gives the new file the mode of the socket's own inode.
            check(SocketCalls.fchmod(socket.number(), ONLY_OWNER), "fchmod(2)", path);
            check(SocketCalls.bind(socket.number(), address.memory(), address.length()), "bind(2)", path);
            check(SocketCalls.listen(socket.number(), BACKLOG), "listen(2)", path);
            return new UnixServer(socket);
        } catch (SyscallException problem) {
            socket.close();
            throw problem;
        }
    }

    /**
     * Takes over a socket that listens already, as socket activation passes it: blocking and inherited (sd_listen_fds(3)),
     * which it is not any more.
     */
    public static UnixServer of(Descriptor listening) throws SyscallException {
        int fd = listening.number();
        long flags = control(fd, DescriptorCalls.F_GETFL, 0);
        control(fd, DescriptorCalls.F_SETFL, flags | DescriptorCalls.O_NONBLOCK);
        control(fd, DescriptorCalls.F_SETFD, DescriptorCalls.FD_CLOEXEC);
        return new UnixServer(listening);
    }

    private static int control(int fd, int command, long argument) throws SyscallException {
        int result = DescriptorCalls.fcntl(fd, command, argument);
        if (result < 0) {
            throw new SyscallException("fcntl(2)", "descriptor " + fd, Native.getLastError());
        }
        return result;
    }

    /** {@return the next connection, close-on-exec and never blocking; empty if there is none now} */
    public Optional<UnixChannel> accept() throws SyscallException {
        int flags = SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC;
        int accepted = SocketCalls.accept4(descriptor.number(), 0, 0, flags);
        if (accepted >= 0) {
            return Optional.of(new UnixChannel(new Descriptor(accepted)));
        }
        int number = Native.getLastError();
        return switch (Errno.of(number)) {
            case EAGAIN, EINTR, ECONNABORTED -> Optional.empty();
            default -> throw new SyscallException("accept4(2)", "the listening socket", number);
        };
    }

    /** {@return the descriptor, for an event loop; it stays this object's} */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    static Descriptor directoryOf(Path path) throws SyscallException {
        Path parent = path.toAbsolutePath().getParent();
        return Descriptor.ofDirectory(parent == null ? Path.of("/") : parent);
    }

    private static void check(int result, String call, Path path) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, path.toString(), Native.getLastError());
        }
    }
}
