package io.troupe.supervisor.app;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Ends a supervisor that nobody has needed for a while. One timer, set anew whenever the last caller has left. */
final class Idleness implements AutoCloseable {
    private final @Nullable Duration timeout;
    private final BooleanSupplier needed;
    private final Runnable end;
    private final ScheduledThreadPoolExecutor timer;

    /**
     * Counts from the first {@link #check}.
     *
     * @param timeout null for never
     */
    Idleness(@Nullable Duration timeout, BooleanSupplier needed, Runnable end) {
        this.timeout = timeout;
        this.needed = needed;
        this.end = end;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("idleness").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Somebody has left, or nobody has come yet. */
    synchronized void check() {
        if (timeout == null || timer.isShutdown()) {
            return;
        }
        timer.getQueue().clear();
        var _ = timer.schedule(this::elapsed, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void elapsed() {
        if (needed.getAsBoolean()) {
            // A container that lives may end with no caller about: looked at again when the time is over once more.
            check();
        } else {
            end.run();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
