package io.troupe.supervisor.journal;

/**
 * How much a journal holds.
 *
 * @param living streams that have not ended
 * @param ended streams that have ended and are kept
 * @param events of both
 * @param lastOffset of the newest event ever; 0 if there was none
 * @param bytes of the database, without what waits in the write-ahead log
 */
public record JournalCounts(long living, long ended, long events, long lastOffset, long bytes) {}
