package io.troupe.supervisor.server;

import io.troupe.syscall.Descriptor;
import io.troupe.syscall.NetworkNamespace;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Network namespaces made before they are needed: the kernel takes as long for one as for the rest of a launch's
 * namespaces and mounts together. A few are kept; they are gone with the supervisor.
 */
public final class Networks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);
    private static final int SPARE = 2;

    /** A thread is in each for a moment, so it is one of its own, and no virtual one. */
    private final ExecutorService maker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("networks").factory());

    private final BlockingQueue<Descriptor> spare = new ArrayBlockingQueue<>(SPARE);
    private volatile boolean works;

    /**
     * Makes the first ones meanwhile.
     *
     * @param allowed whether this supervisor may make namespaces for its clients at all
     */
    public Networks(boolean allowed) {
        if (allowed) {
            maker.execute(this::fill);
        }
    }

    /** {@return whether they can be made here, so far as is known} */
    boolean work() {
        return works;
    }

    /**
     * {@return one, owned by the caller}
     *
     * @throws IOException if there is none and none can be made
     */
    Descriptor take() throws IOException {
        Descriptor ready = spare.poll();
        if (ready != null) {
            return ready;
        }
        try {
            return CompletableFuture.supplyAsync(Networks::made, maker).join();
        } catch (CompletionException problem) {
            throw new IOException("no network namespace can be made: " + message(problem), problem);
        } catch (RejectedExecutionException problem) {
            throw new IOException("the supervisor ends", problem);
        }
    }

    /** Makes what was taken anew, when nobody waits for anything. */
    void refill() {
        if (works && spare.remainingCapacity() > 0 && !maker.isShutdown()) {
            maker.execute(this::fill);
        }
    }

    private void fill() {
        try {
            while (spare.remainingCapacity() > 0) {
                spare.add(NetworkNamespace.make());
            }
            works = true;
        } catch (SyscallException problem) {
            works = false;
            LOG.info("network namespaces are made by clients: {}", problem.getMessage());
        }
    }

    private static Descriptor made() {
        try {
            return NetworkNamespace.make();
        } catch (SyscallException problem) {
            throw new CompletionException(problem);
        }
    }

    private static @Nullable String message(CompletionException problem) {
        Throwable cause = problem.getCause();
        return cause == null ? problem.getMessage() : cause.getMessage();
    }

    @Override
    public void close() {
        maker.close();
        for (Descriptor left = spare.poll(); left != null; left = spare.poll()) {
            left.close();
        }
    }
}
