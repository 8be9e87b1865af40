package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A file of the kernel that tells pollers of its changes, such as cgroup.events: {@code poll(2)} gives an error
 * condition on it from a change until the next read.
 */
public final class ChangingFile implements AutoCloseable {
    /** Such files are a few lines. */
    private static final int MOST = 4096;

    private final Path path;
    private final Descriptor descriptor;

    private ChangingFile(Path path, Descriptor descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /** {@return the file, open for reading; closed by the caller} */
    public static ChangingFile open(Path path) throws SyscallException {
        return new ChangingFile(path, Descriptor.open(path, DescriptorCalls.O_RDONLY | DescriptorCalls.O_CLOEXEC, 0));
    }

    /** {@return what it says now, up to 4096 bytes; what changes from here on is told} */
    public String text() throws SyscallException {
        try (Memory buffer = new Memory(MOST)) {
            long count = DescriptorCalls.pread(descriptor.number(), buffer, MOST, 0);
            if (count < 0) {
                throw new SyscallException("pread(2)", path.toString(), Native.getLastError());
            }
            return new String(buffer.getByteArray(0, (int) count), StandardCharsets.US_ASCII);
        }
    }

    /**
     * {@return completed once its text is as wanted; fails with a {@link SyscallException} once it cannot be read, as when
     * its cgroup is gone} Ends with {@link #close} at the latest.
     *
     * @param wanted called on the loop's thread
     */
    public CompletableFuture<Void> until(EventLoop loop, Predicate<String> wanted) throws SyscallException {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        follow(
                loop,
                text -> {
                    if (wanted.test(text)) {
                        reached.complete(null);
                    }
                },
                reached::completeExceptionally);
        if (wanted.test(text())) {
            reached.complete(null);
        }
        return reached;
    }

    /**
     * Tells its text after each change, on the loop's thread, until {@link #close}. It is registered once at a time.
     *
     * @param onEnd told once when it cannot be read any more
     */
    public void follow(EventLoop loop, Consumer<String> onChange, Consumer<SyscallException> onEnd)
            throws SyscallException {
        loop.register(descriptor, EventLoop.Interest.NONE, (registration, _) -> {
            try {
                onChange.accept(text());
            } catch (SyscallException gone) {
                registration.cancel();
                onEnd.accept(gone);
            }
        });
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
