package io.troupe.cli.command;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.OptionSpec;

/** history and why: what the journal tells of one container. */
final class StoryCommands {
    private StoryCommands() {}

    static Command history() {
        return ofId(
                "history",
                "Prints the life of a container from the journal, also of a deleted one: when, what, who asked, and why.",
                Request.History::new);
    }

    static Command why() {
        return ofId(
                "why",
                "Says in plain words why a container is as it is, and what led to it, the latest first.",
                Request.Why::new);
    }

    private static Command ofId(String name, String purpose, Function<ContainerName, Request> request) {
        return new Command(
                name,
                Command.Group.STORY,
                List.of("[OPTIONS] ID"),
                purpose,
                List.of("troupe " + name + " web1", "troupe " + name + " --format json web1"),
                Parser.of(name, StoryCommands::with),
                (words, call) -> formatted(
                        words, call, request.apply(call.name(words.exactly("ID").getFirst()))));
    }

    static List<OptionSpec> with(OptionSpec... others) {
        List<OptionSpec> out = new ArrayList<>(List.of(others));
        out.add(Flags.value(
                "table|json", "How to print it; times are local, in json UTC. Default: table.", "--format", "-f"));
        return out;
    }

    static Outcome formatted(Words words, Command.Call call, Request request) {
        return new Outcome.Ask(
                request, call.look().json(words.choice("--format", "table", LifeCommands.TABLE_OR_JSON)));
    }
}
