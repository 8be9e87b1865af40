package io.troupe.supervisor.journal;

/**
 * An event on its way into the journal.
 *
 * @param sequence one more than the highest of its stream
 * @param atMillis when it was handed to the journal
 * @param serializer Pekko's identifier of the serializer that wrote {@code json}
 */
record NewEvent(long sequence, long atMillis, String kind, int version, int serializer, String json) {}
