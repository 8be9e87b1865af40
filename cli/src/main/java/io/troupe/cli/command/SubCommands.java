package io.troupe.cli.command;

import java.util.List;

/** Commands whose first position names another command: {@code supervisor WHAT} and {@code help COMMAND}. */
final class SubCommands {
    private SubCommands() {}

    static Command supervisor() {
        return new Command(
                Commands.SUPERVISOR,
                Command.Group.HIDDEN,
                List.of("start|stop|status|verify|run [OPTIONS]"),
                "Starts, ends and asks the supervisor.",
                List.of("troupe supervisor status"),
                Parser.leading(Commands.SUPERVISOR, List::of),
                (words, call) -> {
                    String word = words.first("start, stop, status, verify or run");
                    List<String> rest =
                            words.positions().subList(1, words.positions().size());
                    return supervisor(word).parse(rest, call);
                });
    }

    static Command help() {
        return new Command(
                Commands.HELP,
                Command.Group.HIDDEN,
                List.of("[COMMAND]"),
                "Explains a command.",
                List.of("troupe help run"),
                Parser.of(Commands.HELP, List::of),
                (words, call) -> {
                    List<String> asked = words.between(0, "COMMAND", "COMMAND");
                    if (asked.isEmpty()) {
                        return new Outcome.Say(Help.overview(call.look().width()));
                    }
                    Command command = Commands.find(asked.getFirst());
                    if (asked.size() == 2 && asked.getFirst().equals(Commands.SUPERVISOR)) {
                        command = supervisor(asked.getLast());
                    } else {
                        words.exactly("COMMAND");
                    }
                    return new Outcome.Say(Help.of(command, call.look().width()));
                });
    }

    private static Command supervisor(String word) {
        List<String> known = Commands.supervisorCommands().stream()
                .map(command -> command.name().substring(Commands.SUPERVISOR.length() + 1))
                .toList();
        int index = known.indexOf(word);
        if (index < 0) {
            throw Failures.usage(
                    Commands.SUPERVISOR,
                    "unknown command " + Failures.shown(word),
                    Failures.suggestion(word, known, Commands.SUPERVISOR));
        }
        return Commands.supervisorCommands().get(index);
    }
}
