package io.troupe.supervisor.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;
import scala.concurrent.Promise;

/** The one place where Scala's futures come in: Pekko's plugin interface asks for them. */
final class Futures {
    private Futures() {}

    /** {@return the same answer or failure, told on the thread that completes {@code future}} */
    static <T> Future<T> scala(CompletableFuture<T> future) {
        Promise<T> promise = Promise.apply();
        var _ = future.whenComplete((value, problem) -> complete(promise, value, problem));
        return promise.future();
    }

    /** {@return likewise, without an answer} */
    @SuppressWarnings("NullAway") // Pekko wants a Future<Void>, and null is the one value of Void
    static Future<Void> done(CompletableFuture<?> future) {
        return scala(future.thenApply(_ -> (Void) null));
    }

    private static <T> void complete(Promise<T> promise, T value, @Nullable Throwable problem) {
        if (problem == null) {
            promise.success(value);
        } else if (problem instanceof CompletionException && problem.getCause() != null) {
            promise.failure(problem.getCause());
        } else {
            promise.failure(problem);
        }
    }
}
