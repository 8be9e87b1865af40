package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * A hold on one process that no later process of the same pid can take over ({@code pidfd_open(2)}). It owns a
 * descriptor; whoever has it closes it.
 */
public final class Pidfd implements AutoCloseable {
    private static final String PID_LABEL = "Pid:";

    private final Descriptor descriptor;

    private Pidfd(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** What became of a signal. */
    public enum Delivery {
        /** The kernel took it. */
        SENT,
        /** The process has ended and has been waited for. */
        PROCESS_GONE,
        /** We may not signal that process (EPERM). */
        NOT_PERMITTED
    }

    /**
     * Opens the process that has this pid now. It may be a zombie.
     *
     * @param pid as this process sees it
     */
    public static Pidfd open(int pid) throws SyscallException {
        long opened = PidfdCalls.syscall(PidfdCalls.SYS_pidfd_open, pid, 0, 0, 0);
        if (opened < 0) {
            throw new SyscallException("pidfd_open(2)", "pid " + pid, Native.getLastError());
        }
        return new Pidfd(new Descriptor((int) opened));
    }

    /** Takes over a descriptor that another process sent. Whether it is a pidfd shows at its first use. */
    public static Pidfd of(Descriptor descriptor) {
        return new Pidfd(descriptor);
    }

    /**
     * Sends a signal.
     *
     * @param signal 0 to 64; 0 only asks whether it could be sent
     */
    public Delivery send(int signal) throws SyscallException {
        if (PidfdCalls.syscall(PidfdCalls.SYS_pidfd_send_signal, descriptor.number(), signal, 0, 0) == 0) {
            return Delivery.SENT;
        }
        int number = Native.getLastError();
        return switch (Errno.of(number)) {
            case ESRCH -> Delivery.PROCESS_GONE;
            case EPERM -> Delivery.NOT_PERMITTED;
            default -> throw new SyscallException("pidfd_send_signal(2)", this + ", signal " + signal, number);
        };
    }

    /**
     * How the process ended, in the form of {@code wait(2)}: known once it has been waited for by its parent, on Linux
     * 6.15 and newer, if a pidfd of it was open by then.
     *
     * @return the wait status, or empty if it runs, is a zombie, or the kernel does not tell
     */
    public OptionalInt exitInfo() throws SyscallException {
        try (Memory info = new Memory(PidfdCalls.PIDFD_INFO_SIZE)) {
            info.clear();
            info.setLong(PidfdCalls.MASK_OFFSET, PidfdCalls.PIDFD_INFO_EXIT);
            if (PidfdCalls.ioctl(descriptor.number(), PidfdCalls.PIDFD_GET_INFO, info) < 0) {
                return notTold(Native.getLastError());
            }
            boolean told = (info.getLong(PidfdCalls.MASK_OFFSET) & PidfdCalls.PIDFD_INFO_EXIT) != 0;
            return told ? OptionalInt.of(info.getInt(PidfdCalls.EXIT_CODE_OFFSET)) : OptionalInt.empty();
        }
    }

    /** ESRCH: waited for before it had a pidfd. ENOTTY, EINVAL: an older kernel. */
    private OptionalInt notTold(int number) throws SyscallException {
        return switch (Errno.of(number)) {
            case ESRCH, ENOTTY, EINVAL -> OptionalInt.empty();
            default -> throw new SyscallException("ioctl(2) PIDFD_GET_INFO", toString(), number);
        };
    }

    /** {@return whether the process has ended (it may still be a zombie); does not wait} */
    public boolean hasEnded() throws SyscallException {
        try (Memory entry = new Memory(Long.BYTES)) {
            entry.setInt(0, descriptor.number());
            entry.setShort(Integer.BYTES, PidfdCalls.POLLIN);
            entry.setShort(Integer.BYTES + Short.BYTES, (short) 0);
            int ready = PidfdCalls.poll(entry, 1, 0);
            if (ready < 0) {
                throw new SyscallException("poll(2)", toString(), Native.getLastError());
            }
            return ready > 0;
        }
    }

    /**
     * Waits for the end of the process without a thread. The pidfd must stay open and must not be registered otherwise.
     *
     * @return completed on the loop's thread once the process has ended; it may then still be a zombie
     */
    public CompletableFuture<Void> whenEnded(EventLoop loop) throws SyscallException {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        loop.register(descriptor, EventLoop.Interest.READ, (registration, _) -> {
            registration.cancel();
            ended.complete(null);
        });
        return ended;
    }

    /** {@return the pid as this process sees it; 0 if it is outside our pid namespace, -1 once it was waited for} */
    public int pid() throws IOException {
        Path info = Path.of("/proc/self/fdinfo/" + descriptor.number());
        for (String line : Files.readAllLines(info)) {
            if (line.startsWith(PID_LABEL)) {
                return Integer.parseInt(line.substring(PID_LABEL.length()).strip());
            }
        }
        throw new IOException(this + " is not a pidfd: " + info + " has no line \"" + PID_LABEL + "\"");
    }

    /** {@return another hold on the same process, owned by the caller} */
    public Pidfd duplicate() throws SyscallException {
        return new Pidfd(descriptor.duplicate());
    }

    /** {@return the descriptor, for passing it on or watching it; it stays this object's} */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return "pidfd " + descriptor;
    }
}
