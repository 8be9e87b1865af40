package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells when the out-of-memory killer comes to a memory cgroup of version 1 (cgroup-v1/memory.rst, "OOM Control"): an
 * eventfd that is named in cgroup.event_control. It is told as well when the cgroup is removed.
 */
public final class OutOfMemoryNotice implements AutoCloseable {
    private final Descriptor event;
    private final Descriptor control;

    private OutOfMemoryNotice(Descriptor event, Descriptor control) {
        this.event = event;
        this.control = control;
    }

    /** {@return a notice of what happens from here on, closed by the caller} */
    public static OutOfMemoryNotice of(Path cgroup) throws IOException {
        int number = DescriptorCalls.eventfd(0, DescriptorCalls.EFD_CLOEXEC | DescriptorCalls.EFD_NONBLOCK);
        if (number < 0) {
            throw new SyscallException("eventfd(2)", cgroup.toString(), Native.getLastError());
        }
        Descriptor event = new Descriptor(number);
        try {
            Descriptor control = Descriptor.open(
                    cgroup.resolve("memory.oom_control"), DescriptorCalls.O_RDONLY | DescriptorCalls.O_CLOEXEC, 0);
            OutOfMemoryNotice notice = new OutOfMemoryNotice(event, control);
            notice.ask(cgroup);
            return notice;
        } catch (IOException problem) {
            event.close();
            throw problem;
        }
    }

    private void ask(Path cgroup) throws IOException {
        try {
            Files.writeString(cgroup.resolve("cgroup.event_control"), event.number() + " " + control.number());
        } catch (IOException problem) {
            control.close();
            throw problem;
        }
    }

    /** Calls on the loop's thread for each time it was told, until {@link #close}. It is registered once at a time. */
    public void follow(EventLoop loop, Runnable onNotice) throws SyscallException {
        loop.register(event, EventLoop.Interest.READ, (_, _) -> {
            drain();
            onNotice.run();
        });
    }

    private void drain() {
        try (Memory count = new Memory(Long.BYTES)) {
            if (DescriptorCalls.read(event.number(), count, Long.BYTES) < 0
                    && Errno.of(Native.getLastError()) != Errno.EAGAIN) {
                throw new IllegalStateException("read(2) on an eventfd: " + Errno.describe(Native.getLastError()));
            }
        }
    }

    @Override
    public void close() {
        event.close();
        control.close();
    }
}
