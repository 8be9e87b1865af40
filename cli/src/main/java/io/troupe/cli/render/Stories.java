package io.troupe.cli.render;

import io.troupe.protocol.HistoryEntry;
import io.troupe.protocol.Peer;
import io.troupe.protocol.Reply;
import java.util.List;
import java.util.stream.Collectors;

/** Text of history, why and events. */
final class Stories {
    private Stories() {}

    static String life(Reply.Life life, Look look) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        List<HistoryEntry> entries = life.entries();
        while (from < entries.size()) {
            int incarnation = entries.get(from).incarnation();
            int to = from;
            while (to < entries.size() && entries.get(to).incarnation() == incarnation) {
                to++;
            }
            if (entries.getFirst().incarnation() != entries.getLast().incarnation()) {
                out.append(from == 0 ? "" : "\n")
                        .append("incarnation ")
                        .append(incarnation)
                        .append('\n');
            }
            out.append(rows(entries.subList(from, to), look));
            from = to;
        }
        return out.toString();
    }

    static String explanation(Reply.Explanation explanation, Look look) {
        String head =
                new Table(look.width()).row(Plain.text(explanation.sentence())).toString();
        if (explanation.chain().isEmpty()) {
            return head;
        }
        return head + "\nWhat led to it, the latest first:\n" + rows(explanation.chain(), look);
    }

    /** {@return one line, so that it can be followed; columns are separated by two blanks} */
    static String line(HistoryEntry entry, Look look) {
        return entry.offset() + "  " + Plain.time(entry.at(), look.zone()) + "  "
                + Plain.text(entry.container().toString()) + "  " + Plain.text(entry.kind()) + "  "
                + Plain.text(entry.sentence()) + "\n";
    }

    private static String rows(List<HistoryEntry> entries, Look look) {
        Table table = new Table(look.width());
        for (HistoryEntry entry : entries) {
            table.row(
                    Long.toString(entry.sequence()),
                    Plain.time(entry.at(), look.zone()),
                    entry.kind(),
                    paragraphs(entry));
        }
        return table.toString();
    }

    private static String paragraphs(HistoryEntry entry) {
        StringBuilder out = new StringBuilder(oneLine(entry.sentence()));
        if (entry.causedBy() != 0) {
            out.append(" [because of ").append(entry.causedBy()).append(']');
        }
        if (entry.by() != null) {
            out.append('\n').append(oneLine(asked(entry.by())));
        }
        if (!entry.details().isEmpty()) {
            out.append('\n').append(oneLine(details(entry)));
        }
        return out.toString();
    }

    private static String asked(Peer by) {
        String pid = by.pid() == 0 ? "" : ", pid " + by.pid();
        String command = by.commandLine().isEmpty() ? "" : ": " + by.commandLine();
        return "asked by uid " + by.uid() + pid + command;
    }

    private static String details(HistoryEntry entry) {
        return entry.details().entrySet().stream()
                .map(detail -> detail.getKey() + "=" + detail.getValue())
                .collect(Collectors.joining(" "));
    }

    /** A line feed in what others wrote must not begin a line of ours. */
    private static String oneLine(String text) {
        return Plain.text(text);
    }
}
