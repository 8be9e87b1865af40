package io.troupe.cli.command;

import io.troupe.protocol.Request;
import java.util.List;

/** ps: what a container has of the host. */
final class ResourceCommands {
    private ResourceCommands() {}

    static Command ps() {
        return new Command(
                "ps",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID [PS-OPTIONS]"),
                "Prints the processes of a container: the lines of the host's ps with these options, by default -ef.",
                List.of("troupe ps web1", "troupe ps web1 -o pid,rss,args", "troupe ps --format json web1"),
                Parser.leading(
                        "ps",
                        () -> List.of(Flags.value(
                                "table|json", "Prints lines of ps, or pids alone. Default: table.", "--format", "-f"))),
                ResourceCommands::ps);
    }

    private static Outcome ps(Words words, Command.Call call) {
        boolean json =
                words.choice("--format", "table", LifeCommands.TABLE_OR_JSON).equals("json");
        String id = words.first("ID");
        List<String> options = words.positions().subList(1, words.positions().size());
        if (json && !options.isEmpty()) {
            throw words.wrong("--format", "json does not go with options for ps", "Leave one of them out");
        }
        return new Outcome.Ask(
                new Request.Ps(call.name(id), json ? null : options),
                call.look().json(json ? "json" : "table"));
    }
}
