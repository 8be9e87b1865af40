package io.troupe.supervisor.journal;

/** Which snapshots are meant; all bounds inclusive, times in milliseconds after the epoch. */
record SnapshotBounds(long minSequence, long maxSequence, long minMillis, long maxMillis) {}
