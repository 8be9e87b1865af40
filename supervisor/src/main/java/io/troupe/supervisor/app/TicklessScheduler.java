package io.troupe.supervisor.app;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * Pekko's scheduler without a tick: its thread sleeps until something is due. Pekko's own wakes every 10 ms for as long as
 * it lives, which an idle supervisor shall not. Tasks run on the execution context that comes with them.
 */
public final class TicklessScheduler extends AbstractScheduler implements Closeable {
    /** Hertz; a bound that Pekko asks for, far above what a supervisor uses. */
    private static final double MAX_FREQUENCY = 1_000;

    private final ScheduledThreadPoolExecutor timer;

    /** Called by Pekko, which finds the class by {@code pekko.scheduler.implementation}. */
    public TicklessScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
        timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
        return cancellable(() -> timer.schedule(() -> executor.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS));
    }

    @Override
    @SuppressWarnings("deprecation") // the method that the others come down to
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
        return cancellable(() -> timer.scheduleAtFixedRate(
                () -> executor.execute(task), initialDelay.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS));
    }

    @Override
    public double maxFrequency() {
        return MAX_FREQUENCY;
    }

    /** Forgets what is not due yet. */
    @Override
    public void close() {
        timer.shutdownNow();
    }

    private static Cancellable cancellable(Supplier<Future<?>> scheduling) {
        Future<?> task;
        try {
            task = scheduling.get();
        } catch (RejectedExecutionException problem) {
            throw new IllegalStateException("cannot enqueue after timer shutdown", problem);
        }
        return new Cancellable() {
            @Override
            public boolean cancel() {
                return task.cancel(false);
            }

            @Override
            public boolean isCancelled() {
                return task.isCancelled();
            }
        };
    }
}
