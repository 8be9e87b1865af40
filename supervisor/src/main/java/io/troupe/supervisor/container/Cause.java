package io.troupe.supervisor.container;

import io.troupe.protocol.Peer;

/** Why an event happened. */
public sealed interface Cause {
    /**
     * Somebody asked.
     *
     * @param command the word of the command line: {@code run}, {@code kill}
     */
    record ByPeer(Peer peer, String command) implements Cause {}

    /**
     * Another event of the same container led to it.
     *
     * @param sequence that event's sequence number, from 1
     */
    record ByEvent(long sequence) implements Cause {}

    /**
     * The supervisor did it of itself.
     *
     * @param reason a clause, such as {@code the supervisor was restarted}
     */
    record BySupervisor(String reason) implements Cause {}

    /** Nothing that the journal knows: the process ended by itself, or something outside ended it. */
    record ByWorld() implements Cause {}
}
