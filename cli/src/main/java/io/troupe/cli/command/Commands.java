package io.troupe.cli.command;

import io.troupe.protocol.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of all commands. */
public final class Commands {
    static final String SUPERVISOR = "supervisor";
    static final String HELP = "help";

    private static final Map<String, Command> ALL = table(List.of(
            LaunchCommands.run(),
            LaunchCommands.create(),
            LifeCommands.start(),
            LifeCommands.state(),
            LifeCommands.kill(),
            LifeCommands.pause(),
            LifeCommands.resume(),
            LifeCommands.delete(),
            CriuCommands.checkpoint(),
            CriuCommands.restore(),
            LifeCommands.list(),
            ResourceCommands.ps(),
            UpdateCommand.command(),
            ExecCommand.command(),
            MountsCommand.command(),
            LifeCommands.waiting(),
            StoryCommands.history(),
            StoryCommands.why(),
            EventsCommand.command(),
            LaunchCommands.plan(),
            OtherCommands.spec(),
            OtherCommands.features(),
            OtherCommands.info(),
            OtherCommands.supervisorStart(),
            OtherCommands.supervisorStop(),
            OtherCommands.supervisorStatus(),
            OtherCommands.supervisorVerify(),
            OtherCommands.supervisorRun(),
            OtherCommands.version(),
            OtherCommands.completion(),
            OtherCommands.reportExit()));

    private static final Command SUPERVISOR_GROUP = SubCommands.supervisor();
    private static final Command HELP_COMMAND = SubCommands.help();

    private Commands() {}

    /**
     * {@return the command of this name}
     *
     * @throws io.troupe.protocol.FailureException USAGE if there is none
     */
    public static Command find(String name) {
        if (name.equals(SUPERVISOR)) {
            return SUPERVISOR_GROUP;
        }
        if (name.equals(HELP)) {
            return HELP_COMMAND;
        }
        Command command = ALL.get(name);
        if (command != null && !name.contains(" ")) {
            return command;
        }
        throw Failures.usage("", "unknown command " + Failures.shown(name), Failures.suggestion(name, names(), ""));
    }

    /** {@return what {@code troupe --version} prints, as runc has it} */
    public static String versionText() {
        return "troupe version " + Version.TROUPE + "\nspec: " + Version.OCI + "\n";
    }

    /** {@return all, in the order of the overview} */
    static List<Command> all() {
        return List.copyOf(ALL.values());
    }

    /** {@return the first words, without hidden ones} */
    static List<String> names() {
        List<String> out = new ArrayList<>();
        for (Command command : ALL.values()) {
            String word = command.name().split(" ", 2)[0];
            if (command.group() != Command.Group.HIDDEN && !out.contains(word)) {
                out.add(word);
            }
        }
        out.add(HELP);
        return out;
    }

    /** {@return the second words of {@code supervisor}} */
    static List<Command> supervisorCommands() {
        return ALL.values().stream()
                .filter(command -> command.name().startsWith(SUPERVISOR + " "))
                .toList();
    }

    private static Map<String, Command> table(List<Command> commands) {
        Map<String, Command> out = new LinkedHashMap<>();
        commands.forEach(command -> out.put(command.name(), command));
        return out;
    }
}
