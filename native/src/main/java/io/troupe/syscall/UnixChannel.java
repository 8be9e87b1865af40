package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One end of a connected {@code AF_UNIX} stream that never blocks. One thread may send while another receives; who waits
 * for readiness registers {@link #descriptor} with an {@link EventLoop}. Owns its descriptor.
 */
public final class UnixChannel implements AutoCloseable {
    /** More is not moved by one call. */
    private static final int MOST_BYTES = 64 * 1024;

    private static final int CREDENTIALS_BYTES = 3 * Integer.BYTES;

    private final Descriptor descriptor;
    private final Credentials peer;

    UnixChannel(Descriptor descriptor) throws SyscallException {
        this.descriptor = descriptor;
        this.peer = credentials(descriptor);
    }

    /**
     * Who connected or listened, as it was at that time (SO_PEERCRED).
     *
     * @param pid as this process sees it, 0 if it is outside our pid namespace
     */
    public record Credentials(int pid, int uid, int gid) {}

    /**
     * Connects to a listening socket; its path may be of any length, its last component up to 80 bytes.
     *
     * @throws SyscallException ENOENT, ECONNREFUSED if nobody listens, EAGAIN if too many wait to be accepted
     */
    public static UnixChannel connect(Path path) throws SyscallException {
        Descriptor socket = newSocket(SocketCalls.SOCK_STREAM);
        try (Descriptor directory = UnixServer.directoryOf(path);
                SocketAddress address = SocketAddress.beneath(directory, path, "connect(2)")) {
            if (SocketCalls.connect(socket.number(), address.memory(), address.length()) < 0) {
                throw new SyscallException("connect(2)", path.toString(), Native.getLastError());
            }
            return new UnixChannel(socket);
        } catch (SyscallException problem) {
            socket.close();
            throw problem;
        }
    }

    /** Takes over a connected stream socket that came from elsewhere. */
    public static UnixChannel of(Descriptor descriptor) throws SyscallException {
        return new UnixChannel(descriptor);
    }

    /** {@return who is at the other end} */
    public Credentials peer() {
        return peer;
    }

    /**
     * Opens the process that connected. Its pid is nobody else's before it ends, and the connection ends with it.
     *
     * @return owned by the caller; empty if it has left, or is outside our pid namespace
     */
    public Optional<Pidfd> openPeer() throws SyscallException {
        if (peer.pid() == 0 || isHungUp()) {
            return Optional.empty();
        }
        Pidfd opened;
        try {
            opened = Pidfd.open(peer.pid());
        } catch (SyscallException problem) {
            if (problem.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw problem;
        }
        if (isHungUp()) {
            opened.close();
            return Optional.empty();
        }
        return Optional.of(opened);
    }

    private boolean isHungUp() throws SyscallException {
        try (Memory entry = new Memory(PollCalls.POLLFD_SIZE)) {
            entry.clear();
            entry.setInt(0, descriptor.number());
            if (PollCalls.poll(entry, 1, 0) < 0) {
                throw new SyscallException("poll(2)", "the connection with pid " + peer.pid(), Native.getLastError());
            }
            return (entry.getShort(PollCalls.REVENTS_OFFSET) & PollCalls.POLLHUP) != 0;
        }
    }

    /**
     * Receives what is there.
     *
     * @param buffer filled from its beginning
     * @param received gets the descriptors that came, close-on-exec, owned by the caller from here on
     * @return how many bytes; 0 if there are none now; -1 at the end of the stream
     */
    public int receive(byte[] buffer, List<Descriptor> received) throws SyscallException {
        try (Message message = Message.toReceive(Math.min(buffer.length, MOST_BYTES))) {
            int flags = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_CMSG_CLOEXEC;
            long count = SocketCalls.recvmsg(descriptor.number(), message.pointer(), flags);
            if (count < 0) {
                return nothingNow("recvmsg(2)", Native.getLastError());
            }
            if (message.takeDescriptors(received)) {
                throw new SyscallException("recvmsg(2)", "too many descriptors from " + peer, Errno.EMSGSIZE.number());
            }
            message.copyData(buffer, (int) count);
            return count == 0 ? -1 : (int) count;
        }
    }

    /**
     * Sends as much as fits.
     *
     * @param length at least 1; at most 64 KiB of it are sent by one call
     * @param descriptors go with the first byte if the result is not 0; they stay the caller's; at most 8
     * @return how many bytes; 0 if none fit now
     * @throws SyscallException EPIPE or ECONNRESET if the other end is gone
     */
    public int send(byte[] bytes, int offset, int length, List<Descriptor> descriptors) throws SyscallException {
        try (Message message = Message.toSend(bytes, offset, Math.min(length, MOST_BYTES), descriptors)) {
            int flags = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL;
            long count = SocketCalls.sendmsg(descriptor.number(), message.pointer(), flags);
            return count < 0 ? nothingNow("sendmsg(2)", Native.getLastError()) : (int) count;
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

    static Descriptor newSocket(int type) throws SyscallException {
        int flags = type | SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC;
        int number = SocketCalls.socket(SocketCalls.AF_UNIX, flags, 0);
        if (number < 0) {
            throw new SyscallException("socket(2)", "a Unix socket", Native.getLastError());
        }
        return new Descriptor(number);
    }

    private int nothingNow(String call, int number) throws SyscallException {
        return switch (Errno.of(number)) {
            case EAGAIN, EINTR -> 0;
            default -> throw new SyscallException(call, "the connection with pid " + peer.pid(), number);
        };
    }

    private static Credentials credentials(Descriptor socket) throws SyscallException {
        try (Memory value = new Memory(CREDENTIALS_BYTES);
                Memory length = new Memory(Integer.BYTES)) {
            length.setInt(0, CREDENTIALS_BYTES);
            int done = SocketCalls.getsockopt(
                    socket.number(), SocketCalls.SOL_SOCKET, SocketCalls.SO_PEERCRED, value, length);
            if (done < 0) {
                throw new SyscallException("getsockopt(2) SO_PEERCRED", socket.toString(), Native.getLastError());
            }
            return new Credentials(value.getInt(0), value.getInt(Integer.BYTES), value.getInt(2L * Integer.BYTES));
        }
    }
}
