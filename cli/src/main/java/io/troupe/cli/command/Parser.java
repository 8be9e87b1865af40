package io.troupe.cli.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Splits words into options and positions, by picocli. A picocli parser keeps the values of the last parse in its
 * options, so each is used by one thread at a time: a few are kept, more are made when more threads parse at once.
 */
final class Parser {
    private static final int KEPT = 4;
    private static final Pattern QUOTED_OPTION = Pattern.compile("'(-[^']*)'");

    private final String where;
    private final boolean optionsEndAtPosition;
    private final Supplier<List<OptionSpec>> options;
    private final ArrayBlockingQueue<CommandLine> idle = new ArrayBlockingQueue<>(KEPT);

    /**
     * @param where the command's name, for errors; "" for the options before the command
     * @param optionsEndAtPosition whether all that follows the first position is positions
     * @param options made anew for every parser
     */
    private Parser(String where, boolean optionsEndAtPosition, Supplier<List<OptionSpec>> options) {
        this.where = where;
        this.optionsEndAtPosition = optionsEndAtPosition;
        this.options = options;
    }

    /** {@return a parser that takes options anywhere before {@code --}} */
    static Parser of(String where, Supplier<List<OptionSpec>> options) {
        return new Parser(where, false, options);
    }

    /** {@return a parser that takes options only before the first position} */
    static Parser leading(String where, Supplier<List<OptionSpec>> options) {
        return new Parser(where, true, options);
    }

    /** {@return the same options, taken anywhere before {@code --}} */
    Parser anywhere() {
        return of(where, options);
    }

    /**
     * {@return the words, sorted}
     *
     * @throws io.troupe.protocol.FailureException USAGE, or UNSUPPORTED for an option that is known and not served
     */
    Words parse(List<String> args) {
        CommandLine parser = idle.poll();
        if (parser == null) {
            parser = newParser();
        }
        try {
            return words(parser.parseArgs(args.toArray(String[]::new)));
        } catch (ParameterException e) {
            throw refusal(e);
        } finally {
            boolean _ = idle.offer(parser);
        }
    }

    CommandSpec newSpec() {
        CommandSpec spec = CommandSpec.create().name(where.isEmpty() ? "troupe" : "troupe " + where);
        spec.addOption(Flags.help());
        options.get().forEach(spec::addOption);
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("ARG")
                .build());
        return spec;
    }

    private CommandLine newParser() {
        return new CommandLine(newSpec())
                .setStopAtPositional(optionsEndAtPosition)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setOverwrittenOptionsAllowed(true)
                .setAllowOptionsAsOptionParameters(true);
    }

    private Words words(ParseResult result) {
        Map<String, List<String>> values = new HashMap<>();
        for (OptionSpec option : result.matchedOptions()) {
            if (Flags.isRefused(option)) {
                throw Failures.unsupported(where, "option " + option.longestName());
            }
            values.put(option.longestName(), textOf(option));
        }
        List<String> positions = new ArrayList<>();
        // It is there once for each run of positions between options, with all of them each time.
        if (!result.matchedPositionals().isEmpty()) {
            positions.addAll(textOf(result.matchedPositionals().getFirst()));
        }
        return new Words(where, values, List.copyOf(positions));
    }

    private static List<String> textOf(ArgSpec spec) {
        @Nullable Object value = spec.getValue();
        List<String> out = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> out.add(String.valueOf(item)));
        }
        return List.copyOf(out);
    }

    private RuntimeException refusal(ParameterException e) {
        return switch (e) {
            case UnmatchedArgumentException unmatched ->
                unknown(unmatched.getUnmatched().getFirst());
            case MissingParameterException missing -> {
                String name = missing.getMissing().getFirst() instanceof OptionSpec option ? option.longestName() : "";
                // runc's words: podman asks by them whether containers can be restored into pods.
                yield Failures.usage(where, "option " + name + ": flag needs an argument", Failures.seeHelp(where));
            }
            default -> {
                // What is left is a flag with a value, which picocli names only in its text: no other value can be
                // wrong,
                // since all are read as text.
                Matcher quoted = QUOTED_OPTION.matcher(String.valueOf(e.getMessage()));
                String name = quoted.find() ? quoted.group(1) : "";
                yield Failures.usage(where, "option " + name + " takes no value", "Leave out what follows the =");
            }
        };
    }

    private RuntimeException unknown(String word) {
        String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
        List<String> known =
                newSpec().options().stream().map(OptionSpec::longestName).toList();
        return Failures.usage(where, "unknown option " + Failures.shown(name), Failures.suggestion(name, known, where));
    }
}
