package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.file.Path;

/**
 * The mounts of this process's mount namespace (proc(5), /proc/self/mountinfo), and whether they have changed. Nobody is
 * woken by a change: who needs to know asks the kernel, which takes a microsecond.
 */
public final class MountTable implements AutoCloseable {
    /** Where the mounts stand. */
    public static final Path FILE = Path.of("/proc/self/mountinfo");

    private final Descriptor file;
    private final Memory question = new Memory(PollCalls.POLLFD_SIZE);

    private MountTable(Descriptor file) {
        this.file = file;
        question.setInt(0, file.number());
        question.setShort(PollCalls.EVENTS_OFFSET, PollCalls.POLLPRI);
    }

    /** Watches from here on; the caller closes it. */
    public static MountTable open() throws SyscallException {
        return new MountTable(Descriptor.open(FILE, DescriptorCalls.O_RDONLY | DescriptorCalls.O_CLOEXEC, 0));
    }

    /** {@return whether a mount has come, gone or moved since this was last asked, or since it was opened} */
    public synchronized boolean hasChanged() throws SyscallException {
        question.setShort(PollCalls.REVENTS_OFFSET, (short) 0);
        if (PollCalls.poll(question, 1, 0) < 0) {
            throw new SyscallException("poll(2)", FILE.toString(), Native.getLastError());
        }
        return (question.getShort(PollCalls.REVENTS_OFFSET) & PollCalls.POLLPRI) != 0;
    }

    @Override
    public synchronized void close() {
        file.close();
        question.close();
    }
}
