package io.troupe.syscall;

import com.sun.jna.Native;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An {@code AF_UNIX} datagram socket at a path, that only receives and never blocks. Who waits for messages registers
 * {@link #descriptor} with an {@link EventLoop}. Owns its descriptor; the file stays its maker's.
 */
public final class DatagramReceiver implements AutoCloseable {
    private final Descriptor descriptor;
    private final Path path;

    private DatagramReceiver(Descriptor descriptor, Path path) {
        this.descriptor = descriptor;
        this.path = path;
    }

    /**
     * Makes the socket. The path may be of any length, its last component up to 80 bytes.
     *
     * @param mode of the file, from the moment it exists: who may write to it may send
     * @throws SyscallException EADDRINUSE if there is a file of that name
     */
    public static DatagramReceiver bind(Path path, int mode) throws SyscallException {
        Descriptor socket = UnixChannel.newSocket(SocketCalls.SOCK_DGRAM);
        try (Descriptor directory = UnixServer.directoryOf(path);
                SocketAddress address = SocketAddress.beneath(directory, path, "bind(2)")) {
            // bind(2) gives the new file the mode of the socket's own inode.
            check(SocketCalls.fchmod(socket.number(), mode), "fchmod(2)", path);
            check(SocketCalls.bind(socket.number(), address.memory(), address.length()), "bind(2)", path);
            return new DatagramReceiver(socket, path);
        } catch (SyscallException problem) {
            socket.close();
            throw problem;
        }
    }

    /**
     * Takes one message; descriptors that come with it are closed.
     *
     * @param buffer filled from its beginning; what does not fit is lost
     * @return how many bytes; -1 if there is no message now
     */
    public int receive(byte[] buffer) throws SyscallException {
        try (Message message = Message.toReceive(buffer.length)) {
            int flags = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_CMSG_CLOEXEC;
            long count = SocketCalls.recvmsg(descriptor.number(), message.pointer(), flags);
            if (count < 0) {
                return nothingNow(Native.getLastError());
            }
            List<Descriptor> unwanted = new ArrayList<>(0);
            boolean _ = message.takeDescriptors(unwanted);
            unwanted.forEach(Descriptor::close);
            message.copyData(buffer, (int) count);
            return (int) count;
        }
    }

    /** {@return the descriptor, for an event loop; it stays this object's} */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    private int nothingNow(int number) throws SyscallException {
        return switch (Errno.of(number)) {
            case EAGAIN, EINTR -> -1;
            default -> throw new SyscallException("recvmsg(2)", path.toString(), number);
        };
    }

    private static void check(int result, String call, Path path) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, path.toString(), Native.getLastError());
        }
    }
}
