package io.troupe.supervisor.container;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a container: what stays the same while its state changes, and which events led to what.
 *
 * @param incarnation how often this id has been created, this time included; from 1
 * @param requestedAt when it was asked for
 * @param owner uid of who asked for it; -1 if the supervisor did
 * @param createRequested sequence of its {@link ContainerEvent.CreateRequested}
 * @param startRequested sequence of its latest {@link ContainerEvent.StartRequested}; 0 if there is none
 * @param deleteRequested sequence of its latest {@link ContainerEvent.DeleteRequested}; 0 if there is none
 * @param signal the latest signal that it was asked to be sent; null if there is none
 */
public record Life(
        int incarnation,
        Blueprint blueprint,
        Instant requestedAt,
        int owner,
        long createRequested,
        long startRequested,
        long deleteRequested,
        @Nullable SentSignal signal) {

    /**
     * A signal that was asked for.
     *
     * @param sequence of its {@link ContainerEvent.SignalRequested}
     * @param number 1 to 64
     */
    public record SentSignal(long sequence, int number) {}

    static Life begin(Fact fact, Blueprint blueprint, long sequence) {
        int owner = fact.cause() instanceof Cause.ByPeer(var peer, var _) ? peer.uid() : -1;
        return new Life(fact.incarnation(), blueprint, fact.at(), owner, sequence, 0, 0, null);
    }

    Life startRequested(long sequence) {
        return new Life(incarnation, blueprint, requestedAt, owner, createRequested, sequence, deleteRequested, signal);
    }

    Life deleteRequested(long sequence) {
        return new Life(incarnation, blueprint, requestedAt, owner, createRequested, startRequested, sequence, signal);
    }

    Life signalled(@Nullable SentSignal sent) {
        return new Life(
                incarnation, blueprint, requestedAt, owner, createRequested, startRequested, deleteRequested, sent);
    }
}
