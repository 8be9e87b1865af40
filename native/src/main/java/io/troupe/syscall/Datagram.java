package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;

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
}
