package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.file.Path;

/** New network namespaces (network_namespaces(7)). */
public final class NetworkNamespace {
    private static final Path OWN = Path.of("/proc/thread-self/ns/net");
    private static final String LOOPBACK = "lo";

    private NetworkNamespace() {}

    /**
     * {@return a new one with its loopback interface up, owned by the caller} It is there as long as the descriptor or
     * somebody in it. The calling thread is in it for a moment, so it must not be a virtual one.
     *
     * @throws SyscallException EPERM without CAP_SYS_ADMIN; ENOSPC at the limit of user.max_net_namespaces
     */
    public static Descriptor make() throws SyscallException {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread may go on in another's namespace");
        }
        try (WayBack _ = new WayBack(open())) {
            if (NamespaceCalls.unshare(NamespaceCalls.CLONE_NEWNET) < 0) {
                throw new SyscallException("unshare(2)", "CLONE_NEWNET", Native.getLastError());
            }
            raiseLoopback();
            return open();
        }
    }

    /** Leads the thread to where it was, and owns that descriptor. */
    private record WayBack(Descriptor before) implements AutoCloseable {
        @Override
        public void close() throws SyscallException {
            try (before) {
                if (NamespaceCalls.setns(before.number(), NamespaceCalls.CLONE_NEWNET) < 0) {
                    throw new SyscallException("setns(2)", "CLONE_NEWNET", Native.getLastError());
                }
            }
        }
    }

    private static Descriptor open() throws SyscallException {
        return Descriptor.open(OWN, DescriptorCalls.O_RDONLY | DescriptorCalls.O_CLOEXEC, 0);
    }

    private static void raiseLoopback() throws SyscallException {
        int socket = SocketCalls.socket(NamespaceCalls.AF_INET, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw new SyscallException("socket(2)", "AF_INET", Native.getLastError());
        }
        try (Descriptor control = new Descriptor(socket);
                Memory request = new Memory(NamespaceCalls.IFREQ_SIZE)) {
            request.clear();
            request.setString(0, LOOPBACK);
            ask(control, NamespaceCalls.SIOCGIFFLAGS, request);
            request.setShort(NamespaceCalls.IFR_FLAGS, (short)
                    (request.getShort(NamespaceCalls.IFR_FLAGS) | NamespaceCalls.IFF_UP));
            ask(control, NamespaceCalls.SIOCSIFFLAGS, request);
        }
    }

    private static void ask(Descriptor control, long what, Memory request) throws SyscallException {
        if (NamespaceCalls.ioctl(control.number(), what, request) < 0) {
            throw new SyscallException("ioctl(2)", LOOPBACK, Native.getLastError());
        }
    }
}
