package io.troupe.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/** Makes the completion script: commands, options, container ids, and files after options that take one. */
final class Completion {
    private static final String HEAD = """
            # Completion for troupe. Use it so: source <(troupe completion bash)
            _troupe() {
                local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command='' words='' i
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in
                        @GLOBALS_WITH_VALUE@) ((i++)) ;;
                        -*) ;;
                        *) command=${COMP_WORDS[i]}; break ;;
                    esac
                done
                if [[ $command == supervisor && $((i + 1)) -lt $COMP_CWORD ]]; then
                    command="supervisor ${COMP_WORDS[i + 1]}"
                fi
                case $previous in
                    @FILES@) COMPREPLY=($(compgen -f -- "$word")); return ;;
                    --format|-f|--log-format) COMPREPLY=($(compgen -W 'table text json' -- "$word")); return ;;
                esac
                case $command in
                    '') words='@GLOBALS@ @COMMANDS@' ;;
            @OPTIONS@        esac
                case $command in
                    @WITH_ID@) [[ $word == -* ]] || words=$(troupe list --quiet 2>/dev/null) ;;
                esac
                COMPREPLY=($(compgen -W "$words" -- "$word"))
            }
            complete -F _troupe troupe
            """;
    private static final String ZSH = "autoload -U +X bashcompinit && bashcompinit\n";

    private Completion() {}

    static String script(boolean zsh) {
        List<OptionSpec> globals = Globals.PARSER.newSpec().options();
        String script = HEAD.replace(
                        "@GLOBALS_WITH_VALUE@", named(globals.stream().filter(Completion::hasValue)))
                .replace("@FILES@", named(allOptions().filter(Completion::takesFile)))
                .replace("@GLOBALS@", words(globals))
                .replace("@COMMANDS@", String.join(" ", Commands.names()))
                .replace("@WITH_ID@", withId())
                .replace("@OPTIONS@", options());
        return zsh ? ZSH + script : script;
    }

    private static Stream<OptionSpec> allOptions() {
        return Stream.concat(
                        Stream.of(Globals.PARSER.newSpec()),
                        Commands.all().stream().map(Command::spec))
                .flatMap(spec -> spec.options().stream());
    }

    private static boolean hasValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    private static boolean takesFile(OptionSpec option) {
        return hasValue(option) && List.of("DIR", "FILE", "PATH").contains(option.paramLabel());
    }

    private static String named(Stream<OptionSpec> options) {
        return options.flatMap(option -> Stream.of(option.names())).distinct().collect(Collectors.joining("|"));
    }

    private static String words(List<OptionSpec> options) {
        return options.stream()
                .filter(option -> !Flags.isRefused(option))
                .flatMap(option -> Stream.of(option.names()))
                .filter(name -> name.startsWith("--"))
                .collect(Collectors.joining(" "));
    }

    private static String withId() {
        List<String> out = new ArrayList<>();
        for (Command command : Commands.all()) {
            boolean existing = command.syntax().stream().anyMatch(form -> form.contains("ID"))
                    && !List.of("run", "create", "restore", "plan", "report-exit")
                            .contains(command.name());
            if (existing) {
                out.add(command.name());
            }
        }
        return String.join("|", out);
    }

    private static String options() {
        StringBuilder out = new StringBuilder();
        for (Command command : Commands.all()) {
            if (command.group() == Command.Group.HIDDEN) {
                continue;
            }
            line(out, command.name(), words(command.spec().options()));
        }
        String subs = Commands.supervisorCommands().stream()
                .map(command -> command.name().substring(Commands.SUPERVISOR.length() + 1))
                .collect(Collectors.joining(" "));
        line(out, Commands.SUPERVISOR, subs);
        line(out, Commands.HELP, String.join(" ", Commands.names()));
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String words) {
        String more = name.equals("completion") ? " bash zsh" : "";
        out.append("        '%s') words='%s%s' ;;%n".formatted(name, words, more));
    }
}
