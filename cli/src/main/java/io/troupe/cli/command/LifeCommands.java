package io.troupe.cli.command;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Request;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** start, state, kill, pause, resume, delete, list and wait. */
final class LifeCommands {
    static final List<String> TABLE_OR_JSON = List.of("table", "json");

    private static final String REGEX = "Treats ID as a regular expression: all containers in whose id it is found.";

    private LifeCommands() {}

    static Command start() {
        return ofId("start", "Lets the program of a created container run.", Request.Start::new);
    }

    static Command state() {
        return ofId("state", "Prints the state of a container as the OCI specification's JSON.", Request.State::new);
    }

    static Command waiting() {
        return new Command(
                "wait",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID"),
                "Waits until a container has ended, in history too, and prints its exit status.",
                List.of("troupe wait web1", "troupe wait --format json web1"),
                Parser.of(
                        "wait",
                        () -> List.of(Flags.value(
                                "text|json",
                                "Prints the status, or with json its cause too. Default: text.",
                                "--format",
                                "-f"))),
                (words, call) -> new Outcome.Ask(
                        new Request.Wait(call.name(words.exactly("ID").getFirst())),
                        call.look().withExitAsText().json(words.choice("--format", "text", List.of("text", "json")))));
    }

    static Command pause() {
        return ofId("pause", "Stops all processes of a running container where they are.", Request.Pause::new);
    }

    static Command resume() {
        return ofId("resume", "Lets the processes of a paused container go on.", Request.Resume::new);
    }

    static Command kill() {
        return new Command(
                "kill",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID [SIGNAL]"),
                "Sends a signal to a container's process: a name with or without SIG, or 0 (asks if it is there) to 64."
                        + " Default: TERM.",
                List.of("troupe kill web1 KILL", "troupe kill --all web1 SIGRTMIN+3", "troupe kill --regex '^web' INT"),
                Parser.of(
                        "kill",
                        () -> List.of(
                                Flags.flag("Sends it to every process of the container's cgroup.", "--all", "-a"),
                                Flags.flag(REGEX, "--regex", "-r"))),
                LifeCommands::kill);
    }

    private static Outcome kill(Words words, Command.Call call) {
        List<String> positions = words.between(1, "ID", "SIGNAL");
        String id = positions.getFirst();
        int signal = positions.size() == 1 ? SignalName.TERM : signal(words, positions.getLast());
        boolean all = words.has("--all");
        return call.ask(
                words.has("--regex")
                        ? new Request.KillMatching(call.globals().root(), pattern(words, id), signal, all)
                        : new Request.Kill(call.name(id), signal, all));
    }

    static Command delete() {
        return new Command(
                "delete",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID"),
                "Removes a stopped container. Its history stays.",
                List.of("troupe delete web1", "troupe delete --force web1", "troupe delete --force --regex '^web'"),
                Parser.of(
                        "delete",
                        () -> List.of(
                                Flags.flag(
                                        "Kills it first if need be. It is no error if there is none.", "--force", "-f"),
                                Flags.flag(REGEX, "--regex", "-r"))),
                (words, call) -> {
                    String id = words.exactly("ID").getFirst();
                    boolean force = words.has("--force");
                    return call.ask(
                            words.has("--regex")
                                    ? new Request.DeleteMatching(call.globals().root(), pattern(words, id), force)
                                    : new Request.Delete(call.name(id), force));
                });
    }

    private static String pattern(Words words, String given) {
        try {
            return Pattern.compile(given).pattern();
        } catch (PatternSyntaxException problem) {
            throw words.wrong(
                    "--regex",
                    Failures.shown(given) + " is no regular expression: " + problem.getDescription(),
                    "See java.util.regex.Pattern for their form");
        }
    }

    static Command list() {
        return new Command(
                "list",
                Command.Group.LIFE,
                List.of("[OPTIONS]"),
                "Lists the containers of this root.",
                List.of("troupe list", "troupe --root /run/other list --format json"),
                Parser.of(
                        "list",
                        () -> List.of(
                                Flags.flag("Prints ids only.", "--quiet", "-q"),
                                Flags.value("table|json", "How to print them. Default: table.", "--format", "-f"))),
                (words, call) -> {
                    words.exactly();
                    boolean quiet = words.has("--quiet");
                    return new Outcome.Ask(
                            new Request.ListContainers(call.globals().root()),
                            call.look().withQuiet(quiet).json(words.choice("--format", "table", TABLE_OR_JSON)));
                });
    }

    private static Command ofId(String name, String purpose, Function<ContainerName, Request> request) {
        return new Command(
                name,
                Command.Group.LIFE,
                List.of("ID"),
                purpose,
                List.of("troupe " + name + " web1"),
                Parser.of(name, List::of),
                (words, call) ->
                        call.ask(request.apply(call.name(words.exactly("ID").getFirst()))));
    }

    private static int signal(Words words, String given) {
        Integer byName = SignalName.number(given);
        if (byName != null) {
            return byName;
        }
        if (!given.isEmpty() && Character.isDigit(given.charAt(0))) {
            return (int) words.number("SIGNAL", given, 0, SignalName.LARGEST);
        }
        throw words.wrong("SIGNAL", Failures.shown(given) + " is no signal", "Use a name such as TERM, or 0 to 64");
    }
}
