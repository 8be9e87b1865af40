package io.troupe.supervisor.journal;

import java.time.Instant;

/**
 * A committed event as it lies in the journal, its checksum verified.
 *
 * @param offset its place in the journal, growing over all streams, never reused; gaps are possible
 * @param persistenceId its stream
 * @param sequence its place in the stream, from 1 without gaps
 * @param at when it was handed to the journal, in milliseconds
 * @param kind stable word
 * @param version of the form of {@code json} within its kind, from 1
 * @param serializer Pekko's identifier of the serializer that wrote {@code json}
 * @param json the event, a JSON object
 */
public record JournalEntry(
        long offset,
        String persistenceId,
        long sequence,
        Instant at,
        String kind,
        int version,
        int serializer,
        String json) {}
