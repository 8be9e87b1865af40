package io.troupe.cli.command;

import io.troupe.protocol.Request;
import java.util.List;

/** mounts: adds mounts to a container that lives, and takes them away. Words as crun has them. */
final class MountsCommand {
    private static final String ADD = "add";
    private static final String REMOVE = "remove";

    private MountsCommand() {}

    static Command command() {
        return new Command(
                "mounts",
                Command.Group.LIFE,
                List.of("add|remove ID FILE", "add|remove --file FILE ID"),
                "Adds the mounts of a JSON list to a container that lives, or unmounts their destinations.",
                List.of("troupe mounts add web1 mounts.json"),
                Parser.of(
                        "mounts",
                        () -> List.of(Flags.value("FILE", "The list, as in config.json's mounts.", "--file", "-f"))),
                MountsCommand::read);
    }

    private static Outcome read(Words words, Command.Call call) {
        boolean named = words.has("--file");
        List<String> positions =
                named ? words.exactly("add or remove", "ID") : words.exactly("add or remove", "ID", "FILE");
        String word = positions.getFirst();
        if (!word.equals(ADD) && !word.equals(REMOVE)) {
            throw Failures.usage(
                    "mounts",
                    "unknown command " + Failures.shown(word),
                    Failures.suggestion(word, List.of(ADD, REMOVE), "mounts"));
        }
        String file = words.path("--file", call);
        return call.ask(new Request.ChangeMounts(
                call.name(positions.get(1)), file == null ? call.path(positions.getLast()) : file, word.equals(ADD)));
    }
}
