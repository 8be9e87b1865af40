package io.troupe.supervisor.process;

/** What became of a signal. */
public sealed interface Delivery {
    /** It was sent. */
    record Sent() implements Delivery {}

    /** The process is gone. */
    record Gone() implements Delivery {}

    /**
     * The kernel refused.
     *
     * @param message call, subject, errno
     */
    record Refused(String message) implements Delivery {}
}
