package io.troupe.supervisor.journal;

import io.troupe.protocol.Failure;

/** Hears of committed events, one after the other, on a thread of its subscription. It may take its time. */
public interface FeedListener {
    /** An event, with an offset greater than that of the one before. */
    void committed(JournalEntry entry);

    /** The journal cannot be read further; nothing more comes. */
    void failed(Failure failure);
}
