package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a session waits for, in one place: frames from its client, answers from containers, and the client's end. The
 * event loop puts, the session's thread takes.
 */
final class Mailbox {
    /** A client has no reason to be further ahead than this. */
    private static final int MOST_FRAMES = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Frame> frames = new ArrayDeque<>();
    private @Nullable String closed;

    /**
     * Adds a frame.
     *
     * @return false if there are too many, or the session has ended
     */
    boolean put(Frame frame) {
        lock.lock();
        try {
            if (closed != null || frames.size() >= MOST_FRAMES) {
                return false;
            }
            frames.add(frame);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The client left. Frames that came before stay to be taken. */
    void close(String reason) {
        lock.lock();
        try {
            if (closed == null) {
                closed = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what nobody will take any more. */
    void drain() {
        lock.lock();
        try {
            close("the session ended");
            frames.forEach(Frame::discard);
            frames.clear();
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return the next frame}
     *
     * @throws ClientGone if there is none and the client left
     * @throws FailureException TIMEOUT, after the deadline
     */
    Frame take(String what, Duration deadline) throws ClientGone {
        lock.lock();
        try {
            long nanos = deadline.toNanos();
            while (frames.isEmpty()) {
                nanos = awaitChange(what, deadline, nanos);
            }
            return frames.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return what the stage completes with}
     *
     * @throws ClientGone if the client leaves before
     * @throws FailureException TIMEOUT, after the deadline; or what the stage failed with
     */
    <T> T await(CompletionStage<T> stage, String what, Duration deadline) throws ClientGone {
        var future = stage.toCompletableFuture();
        var _ = future.whenComplete((_, _) -> wake());
        lock.lock();
        try {
            long nanos = deadline.toNanos();
            while (!future.isDone()) {
                nanos = awaitChange(what, deadline, nanos);
            }
        } finally {
            lock.unlock();
        }
        try {
            return future.join();
        } catch (CompletionException problem) {
            if (problem.getCause() instanceof FailureException failure) {
                throw failure;
            }
            throw problem;
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private long awaitChange(String what, Duration deadline, long nanos) throws ClientGone {
        if (closed != null) {
            throw new ClientGone(closed);
        }
        if (nanos <= 0) {
            throw new FailureException(
                    FailureCode.TIMEOUT, what, "no answer within " + deadline.toSeconds() + " s", "Try again");
        }
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ClientGone("the supervisor is ending");
        }
    }

    /** A deadline for what may rightly take as long as a container lives. */
    static final Duration FOR_EVER = Duration.ofNanos(TimeUnit.DAYS.toNanos(36_500));
}
