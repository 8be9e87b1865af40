package io.troupe.protocol;

import java.time.Instant;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * An event of the journal as users see it.
 *
 * @param offset its place in the journal, growing over all containers, never reused
 * @param sequence its place in the container's own life, from 1
 * @param incarnation how often this id had been created when it happened, from 1
 * @param kind stable word, such as {@code created} or {@code exited}
 * @param sentence the event in plain words, without the container's name
 * @param details facts by name, in order
 * @param by who asked, if somebody did
 * @param causedBy sequence of the event of the same container that caused it; 0 if a command or the world did
 */
public record HistoryEntry(
        long offset,
        long sequence,
        ContainerName container,
        int incarnation,
        Instant at,
        String kind,
        String sentence,
        SequencedMap<String, String> details,
        @Nullable Peer by,
        long causedBy) {}
