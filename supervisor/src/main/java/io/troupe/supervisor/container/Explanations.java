package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.HistoryEntry;
import io.troupe.protocol.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Why a container is as it is: folded from its history, so that it holds for deleted containers too. */
public final class Explanations {
    /** Kinds that make the present state; the others leave it as it was. */
    private static final List<String> TURNS = List.of(
            "create-requested",
            "created",
            "create-failed",
            "interrupted",
            "start-requested",
            "started",
            "restored",
            "start-failed",
            "paused",
            "resumed",
            "exited",
            "delete-requested",
            "leftovers",
            "deleted");

    /** Kinds whose latest in an incarnation is worth telling whatever came after. */
    private static final List<String> MILESTONES = List.of("exited", "started", "restored", "create-requested");

    private Explanations() {}

    /**
     * {@return the explanation of the state after these facts}
     *
     * @param facts all of the container's that are still kept, oldest first
     * @param state the present one
     */
    public static Reply.Explanation explain(ContainerName name, List<HistoryEntry> facts, ContainerState state) {
        HistoryEntry turn = turn(facts);
        return new Reply.Explanation(name, sentence(name, state, chain(bySequence(facts), turn)), story(facts, turn));
    }

    /** The causes of the present state, and of what it follows from: how its process ended, began, and who wanted it. */
    private static List<HistoryEntry> story(List<HistoryEntry> facts, @Nullable HistoryEntry turn) {
        if (turn == null) {
            return List.of();
        }
        Map<Long, HistoryEntry> bySequence = bySequence(facts);
        SortedMap<Long, HistoryEntry> story = new TreeMap<>(Comparator.reverseOrder());
        chain(bySequence, turn).forEach(entry -> story.put(entry.sequence(), entry));
        for (String kind : MILESTONES) {
            facts.reversed().stream()
                    .filter(entry -> entry.incarnation() == turn.incarnation())
                    .filter(entry -> entry.kind().equals(kind))
                    .findFirst()
                    .ifPresent(entry -> chain(bySequence, entry).forEach(cause -> story.put(cause.sequence(), cause)));
        }
        return List.copyOf(story.values());
    }

    private static Map<Long, HistoryEntry> bySequence(List<HistoryEntry> facts) {
        Map<Long, HistoryEntry> bySequence = new LinkedHashMap<>();
        facts.forEach(entry -> bySequence.put(entry.sequence(), entry));
        return bySequence;
    }

    private static @Nullable HistoryEntry turn(List<HistoryEntry> facts) {
        return facts.reversed().stream()
                .filter(entry -> TURNS.contains(entry.kind()))
                .findFirst()
                .orElse(null);
    }

    /** Causes come before what they cause, so this ends even if the journal is damaged. */
    private static List<HistoryEntry> chain(Map<Long, HistoryEntry> bySequence, @Nullable HistoryEntry latest) {
        List<HistoryEntry> chain = new ArrayList<>();
        HistoryEntry entry = latest;
        while (entry != null) {
            chain.add(entry);
            HistoryEntry cause = bySequence.get(entry.causedBy());
            entry = cause != null && cause.sequence() < entry.sequence() ? cause : null;
        }
        return List.copyOf(chain);
    }

    private static String sentence(ContainerName name, ContainerState state, List<HistoryEntry> chain) {
        String subject = name + " " + Refusals.predicate(state);
        return switch (state) {
            case ContainerState.Stopped stopped ->
                subject + ": its process " + Narrative.ended(stopped.ending().cause()) + asked(chain);
            case ContainerState.Absent absent
            when absent.last() != null ->
                name + " was deleted; its process "
                        + Narrative.ended(absent.last().cause());
            case ContainerState.Absent absent
            when absent.incarnation() > 0 -> name + " was deleted; it never had a process";
            case ContainerState.Deleting deleting
            when !deleting.leftovers().isEmpty() -> subject + ": " + String.join("; ", deleting.leftovers());
            case ContainerState.Absent _,
                    ContainerState.Creating _,
                    ContainerState.Created _,
                    ContainerState.Starting _,
                    ContainerState.Running _,
                    ContainerState.Paused _,
                    ContainerState.Deleting _ -> subject + asked(chain);
        };
    }

    private static String asked(List<HistoryEntry> chain) {
        for (HistoryEntry entry : chain) {
            if (entry.by() != null) {
                return ", as uid " + entry.by().uid() + " asked ("
                        + entry.details().get("command") + ")";
            }
        }
        return "";
    }
}
