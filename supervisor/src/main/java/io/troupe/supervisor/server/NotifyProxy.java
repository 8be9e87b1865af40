package io.troupe.supervisor.server;

import io.troupe.syscall.Datagram;
import io.troupe.syscall.DatagramReceiver;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Pipe;
import io.troupe.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of one container, on the event loop's thread: what comes in goes on to the service manager. That one knows
 * services by the cgroup of who sends, so messages go in the name of the client that waits, as long as one does, and then
 * of the container's process.
 */
final class NotifyProxy {
    private static final Logger LOG = LoggerFactory.getLogger(NotifyProxy.class);
    private static final int MOST_BYTES = 16 * 1024;
    private static final int MOST_IN_A_SECOND = 64;
    /** As long as runc and crun wait for a manager that knows no barrier. */
    private static final long BARRIER_SECONDS = 30;

    private final Path socket;
    private final EventLoop loop;
    private final DatagramReceiver receiver;
    private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
    private volatile String address;
    private volatile int client;
    private volatile boolean announcesMain;
    private volatile int process;
    private final EventLoop.Registration watch;
    private @Nullable Pidfd pidfd;
    private long secondBegan;
    private int inThisSecond;

    /**
     * Begins to receive.
     *
     * @param socket to be made; what a dead supervisor left there has been removed
     * @param address the service manager's, as in {@code NOTIFY_SOCKET}
     */
    NotifyProxy(Path socket, String address, EventLoop loop) throws SyscallException {
        this.socket = socket;
        this.address = address;
        this.loop = loop;
        receiver = DatagramReceiver.bind(socket, 0777);
        watch = loop.register(receiver.descriptor(), EventLoop.Interest.READ, (_, _) -> receiveWithinBounds());
    }

    /**
     * A client waits for the container to be ready.
     *
     * @param pid the client's
     * @param detaches whether it leaves then: the manager shall watch the container's process
     */
    void serve(int pid, String toAddress, boolean detaches) {
        address = toAddress;
        announcesMain = detaches;
        client = pid;
    }

    /** The client leaves. */
    void release() {
        client = 0;
    }

    /** Ends when the process does; takes the pidfd over. */
    void follow(Pidfd container, int pid, Runnable ended) throws SyscallException {
        pidfd = container;
        process = pid;
        var _ = container.whenEnded(loop).thenRun(ended);
    }

    /** {@return completed with true once the manager knows that it is ready, with false once it can never be} */
    CompletableFuture<Boolean> settled() {
        return settled;
    }

    /** What the container said last goes on first. Only on the loop's thread, or when it cannot run any more. */
    void close() {
        for (int left = MOST_IN_A_SECOND; left > 0 && receive(); left--) {}
        receiver.close();
        if (pidfd != null) {
            pidfd.close();
        }
        settled.complete(false);
    }

    /** Who floods its manager waits, and nobody else does. */
    private void receiveWithinBounds() {
        long now = System.nanoTime();
        if (now - secondBegan > TimeUnit.SECONDS.toNanos(1)) {
            secondBegan = now;
            inThisSecond = 0;
        }
        boolean _ = receive();
        inThisSecond++;
        if (inThisSecond == MOST_IN_A_SECOND) {
            listen(EventLoop.Interest.NONE);
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> listen(EventLoop.Interest.READ));
        }
    }

    private void listen(EventLoop.Interest interest) {
        try {
            watch.modify(interest);
        } catch (SyscallException problem) {
            LOG.warn("{}: {}", socket, problem.getMessage());
        }
    }

    /** {@return whether there was a message} */
    private boolean receive() {
        byte[] bytes = new byte[MOST_BYTES];
        try {
            int length = receiver.receive(bytes);
            if (length > 0) {
                pass(new String(bytes, 0, length, StandardCharsets.UTF_8));
            }
            return length >= 0;
        } catch (SyscallException problem) {
            LOG.warn("{}: {}", socket, problem.getMessage());
            return false;
        }
    }

    private void pass(String message) throws SyscallException {
        String passed = NotifyText.passed(message);
        if (passed.isEmpty()) {
            return;
        }
        boolean ready = NotifyText.saysReady(passed);
        String text = ready && announcesMain && process > 0 ? "MAINPID=" + process + "\n" + passed : passed;
        try {
            send(text, List.of());
        } finally {
            if (ready) {
                barrier();
            }
        }
    }

    /** Who waits may leave once the manager has looked at them: it closes what comes with the barrier then. */
    private void barrier() {
        try (Pipe pipe = Pipe.open()) {
            send("BARRIER=1", List.of(pipe.writing()));
            Pipe waiting = new Pipe(pipe.reading().duplicate(), pipe.writing());
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.register(waiting.reading(), EventLoop.Interest.READ, (watch, _) -> {
                watch.cancel();
                closed.complete(true);
            });
            var _ = closed.completeOnTimeout(true, BARRIER_SECONDS, TimeUnit.SECONDS)
                    .whenComplete((_, _) -> {
                        waiting.reading().close();
                        settled.complete(true);
                    });
        } catch (SyscallException problem) {
            LOG.warn("{}: no barrier: {}", socket, problem.getMessage());
            settled.complete(true);
        }
    }

    private void send(String text, List<io.troupe.syscall.Descriptor> descriptors) throws SyscallException {
        int sender = client != 0 ? client : process;
        Datagram.sendAs(sender, address, text.getBytes(StandardCharsets.UTF_8), descriptors);
    }
}
