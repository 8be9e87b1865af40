package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.List;

/** One message to an {@code AF_UNIX} datagram socket, as {@code sd_notify(3)} sends it. */
public final class Datagram {
    private Datagram() {}

    /**
     * Sends without waiting.
     *
     * @param address a path, or {@code @} and an abstract name
     * @param bytes not empty
     */
    public static void send(String address, byte[] bytes) throws SyscallException {
        try (Descriptor socket = UnixChannel.newSocket(SocketCalls.SOCK_DGRAM);
                SocketAddress to = SocketAddress.ofText(address, "sendto(2)");
                Memory message = new Memory(bytes.length)) {
            message.write(0, bytes, 0, bytes.length);
            int flags = SocketCalls.MSG_NOSIGNAL;
            if (SocketCalls.sendto(socket.number(), message, bytes.length, flags, to.memory(), to.length()) < 0) {
                throw new SyscallException("sendto(2)", address, Native.getLastError());
            }
        }
    }

    /**
     * The same with descriptors, in the name of another process if this one may say so (SCM_CREDENTIALS, which takes
     * CAP_SYS_ADMIN); else in its own.
     *
     * @param pid who is said to send it
     * @param descriptors stay the caller's; at most 8
     */
    public static void sendAs(int pid, String address, byte[] bytes, List<Descriptor> descriptors)
            throws SyscallException {
        UnixChannel.Credentials as = new UnixChannel.Credentials(pid, Self.effectiveUid(), Self.effectiveGid());
        try (Descriptor socket = UnixChannel.newSocket(SocketCalls.SOCK_DGRAM);
                SocketAddress to = SocketAddress.ofText(address, "connect(2)")) {
            if (SocketCalls.connect(socket.number(), to.memory(), to.length()) < 0) {
                throw new SyscallException("connect(2)", address, Native.getLastError());
            }
            int number = send(socket, Message.toSend(bytes, 0, bytes.length, descriptors, as));
            if (Errno.of(number) == Errno.EPERM || Errno.of(number) == Errno.ESRCH) {
                number = send(socket, Message.toSend(bytes, 0, bytes.length, descriptors));
            }
            if (number != 0) {
                throw new SyscallException("sendmsg(2)", address, number);
            }
        }
    }

    /** {@return 0, or errno} */
    private static int send(Descriptor socket, Message message) {
        try (message) {
            int flags = SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_NOSIGNAL;
            return SocketCalls.sendmsg(socket.number(), message.pointer(), flags) < 0 ? Native.getLastError() : 0;
        }
    }
}
