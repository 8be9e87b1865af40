package io.troupe.cli.command;

import io.troupe.protocol.FailureException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The words of one command, sorted.
 *
 * @param where the command's name, for errors
 * @param options values by an option's longest name; none for one without values
 * @param positions the other words, in order
 */
public record Words(String where, Map<String, List<String>> options, List<String> positions) {
    /** Numbers are digits only: no sign, no blank, no other base, no leading zero that could mean octal. */
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

    boolean has(String option) {
        return options.containsKey(option);
    }

    /** {@return the option's last value; null if it is not there} */
    @Nullable
    String value(String option) {
        List<String> values = all(option);
        if (values.isEmpty()) {
            return null;
        }
        if (values.getLast().isEmpty()) {
            throw wrong(option, "its value is empty", "Leave the option out, or give it one");
        }
        return values.getLast();
    }

    String value(String option, String otherwise) {
        String value = value(option);
        return value == null ? otherwise : value;
    }

    List<String> all(String option) {
        return options.getOrDefault(option, List.of());
    }

    /** {@return the option's value as an absolute path; null if it is not there} */
    @Nullable
    String path(String option, Command.Call call) {
        String value = value(option);
        return value == null ? null : call.path(value);
    }

    /** {@return the option's value, one of {@code allowed}} */
    String choice(String option, String otherwise, List<String> allowed) {
        String value = value(option, otherwise);
        if (!allowed.contains(value)) {
            throw wrong(option, Failures.shown(value) + " is not known", "Use " + String.join(" or ", allowed));
        }
        return value;
    }

    long number(String option, long otherwise, long most) {
        String value = value(option);
        return value == null ? otherwise : number(option, value, 0, most);
    }

    /** {@return {@code text} as a number from {@code least} to {@code most}} */
    long number(String what, String text, long least, long most) {
        if (NUMBER.matcher(text).matches()) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw wrong(what, Failures.shown(text) + " is not a number from " + least + " to " + most, "Use digits only");
    }

    /**
     * {@return the positions, of which there must be as many as there are names}
     *
     * @param names such as ID, for errors
     */
    List<String> exactly(String... names) {
        return between(names.length, names);
    }

    /** {@return the positions: at least {@code least}, at most as many as there are names} */
    List<String> between(int least, String... names) {
        if (positions.size() < least) {
            throw Failures.usage(where, "missing " + names[positions.size()], Failures.seeHelp(where));
        }
        if (positions.size() > names.length) {
            String first = positions.get(names.length);
            throw Failures.usage(where, "one word too many: " + Failures.shown(first), Failures.seeHelp(where));
        }
        return positions;
    }

    /** {@return the first position} */
    String first(String name) {
        if (positions.isEmpty()) {
            throw Failures.usage(where, "missing " + name, Failures.seeHelp(where));
        }
        return positions.getFirst();
    }

    /** {@return these options and {@code more}, with other positions} */
    Words with(Map<String, List<String>> more, List<String> newPositions) {
        Map<String, List<String>> both = new HashMap<>(options);
        more.forEach((name, values) -> both.merge(name, values, Words::joined));
        return new Words(where, both, List.copyOf(newPositions));
    }

    private static List<String> joined(List<String> first, List<String> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    FailureException wrong(String option, String what, String remedy) {
        return Failures.usage(where.isEmpty() ? option : where + ": " + option, what, remedy);
    }
}
