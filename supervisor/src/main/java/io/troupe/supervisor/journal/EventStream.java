package io.troupe.supervisor.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events as the journal knows it without reading them.
 *
 * @param persistenceId its name
 * @param highestSequence of the last event, also if that was deleted
 * @param deletedTo events up to this sequence are not in the journal any more; 0 if all are
 * @param lastOffset offset of the last event
 * @param endedAt when the event that ended it was written; null while it lives
 */
public record EventStream(
        String persistenceId,
        long highestSequence,
        long deletedTo,
        long lastOffset,
        @Nullable Instant endedAt) {

    /** {@return whether its last event is not one of those that end a stream} */
    public boolean live() {
        return endedAt == null;
    }
}
