package io.troupe.cli.command;

import io.troupe.cli.render.Table;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Help texts: the overview, and one for each command. */
public final class Help {
    private static final int NARROWEST = 60;
    private static final int WIDEST = 120;
    private static final int UNKNOWN = 100;

    private Help() {}

    /**
     * {@return what {@code troupe} alone prints}
     *
     * @param width of the caller's terminal in columns, 0 if unknown
     */
    public static String overview(int width) {
        int columns = columns(width);
        StringBuilder out = new StringBuilder("Troupe runs and supervises OCI containers.\n");
        out.append("\nUsage: troupe [GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGS]\n");
        for (Command.Group group : Command.Group.values()) {
            if (group != Command.Group.HIDDEN) {
                out.append(section(group, columns));
            }
        }
        out.append("\nGlobal options, before the command:\n").append(options(Globals.PARSER.newSpec(), columns));
        out.append("\nExit status:\n").append(statuses(columns));
        out.append("\nExample: troupe run --rootfs / hello -- echo \"hello from a container\"\n");
        return out.append("More: troupe COMMAND --help\n").toString();
    }

    private static String statuses(int columns) {
        return new Table(columns)
                .row("  0 to 255", "Of run and exec: the program's own; 128+N if signal N ended it.")
                .row("  125", "The program has ended, and nobody saw how.")
                .row("  126, 127", "The program cannot be executed, or is not there.")
                .row("  2", "The command line is wrong.")
                .row("  1", "All else that fails.")
                .toString();
    }

    /**
     * {@return the help of one command}
     *
     * @param width of the caller's terminal in columns, 0 if unknown
     */
    static String of(Command command, int width) {
        int columns = columns(width);
        StringBuilder out = new StringBuilder();
        for (String form : command.syntax()) {
            String head = out.isEmpty() ? "Usage: troupe " : "       troupe ";
            out.append((head + command.name() + " " + form).stripTrailing()).append('\n');
        }
        out.append('\n').append(new Table(columns).row(command.purpose())).append("\nOptions:\n");
        out.append(options(command.spec(), columns)).append('\n');
        command.examples()
                .forEach(example -> out.append("Example: ").append(example).append('\n'));
        return out.toString();
    }

    private static String options(CommandSpec spec, int columns) {
        Table table = new Table(columns);
        for (OptionSpec option : spec.options()) {
            table.row("  " + names(option), option.description()[0]);
        }
        return table.toString();
    }

    private static String names(OptionSpec option) {
        String brief = option.shortestName().equals(option.longestName()) ? "    " : option.shortestName() + ", ";
        return brief + option.longestName() + (option.arity().max() == 0 ? "" : " " + option.paramLabel());
    }

    private static int columns(int width) {
        return width == 0 ? UNKNOWN : Math.clamp(width, NARROWEST, WIDEST);
    }

    private static String section(Command.Group group, int columns) {
        Table table = new Table(columns);
        for (Command command : Commands.all()) {
            if (command.group() == group) {
                table.row("  " + command.name(), command.purpose());
            }
        }
        return "\n" + group.heading() + ":\n" + table;
    }
}
