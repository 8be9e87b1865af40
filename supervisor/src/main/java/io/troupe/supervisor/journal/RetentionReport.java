package io.troupe.supervisor.journal;

/**
 * What was forgotten.
 *
 * @param streams that had ended
 * @param events of those
 */
public record RetentionReport(long streams, long events) {
    static final RetentionReport NOTHING = new RetentionReport(0, 0);

    RetentionReport plus(RetentionReport other) {
        return new RetentionReport(streams + other.streams, events + other.events);
    }
}
