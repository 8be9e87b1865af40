package io.troupe.cli.render;

import io.troupe.protocol.Reply;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tables of list, info and supervisor status. */
final class Listings {
    private Listings() {}

    static String of(Reply.Listing listing, Look look) {
        List<Reply.ContainerState> containers = listing.containers();
        if (look.quiet()) {
            return containers.stream()
                    .map(container -> container.name().id() + "\n")
                    .collect(Collectors.joining());
        }
        if (look.json()) {
            return Json.compact(containers.stream().map(Facts::of).toList()) + "\n";
        }
        // Columns as of runc: scripts count them.
        Table table = new Table(look.width()).row("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");
        for (Reply.ContainerState container : containers) {
            table.row(
                    container.name().id(),
                    Integer.toString(container.pid()),
                    container.status().word(),
                    container.bundle(),
                    Plain.time(container.created(), look.zone()),
                    container.owner());
        }
        return table.toString();
    }

    static String facts(Map<String, String> facts, Look look) {
        Table table = new Table(look.width());
        facts.forEach((name, value) -> table.row(name, Plain.text(value)));
        return table.toString();
    }

    static String status(Reply.SupervisorStatus status, Look look) {
        Table table = new Table(look.width())
                .row("pid", Integer.toString(status.pid()))
                .row("version", status.version())
                .row("data directory", Plain.text(status.dataDirectory()))
                .row("run directory", Plain.text(status.runDirectory()))
                .row("started", Plain.time(status.startedAt(), look.zone()))
                .row("uptime", Plain.duration(status.uptimeMillis()));
        new TreeMap<>(status.counts())
                .forEach((word, count) -> table.row("containers " + word, Integer.toString(count)));
        return table.toString();
    }
}
