package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of processors and memory nodes in the kernel's form (cpuset(7), "List format"): {@code 0-3,7}. */
final class NumberList {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

    private NumberList() {}

    /** {@return the numbers, ascending, each once; none for an empty text} */
    static List<Long> of(Value value, int last) {
        String text = value.text();
        TreeSet<Long> numbers = new TreeSet<>();
        if (text.isEmpty()) {
            return List.of();
        }
        for (String range : text.split(",", -1)) {
            Matcher matcher = RANGE.matcher(range.strip());
            if (!matcher.matches()) {
                throw value.wrong(Value.quoted(text) + " is not a list of numbers", "Write one such as \"0-3,7\"");
            }
            long from = Long.parseLong(matcher.group(1));
            long to = matcher.group(2) == null ? from : Long.parseLong(matcher.group(2));
            if (from > to || to > last) {
                throw value.wrong(
                        Value.quoted(range.strip()) + " is not a range", "Write ascending numbers from 0 to " + last);
            }
            for (long number = from; number <= to; number++) {
                numbers.add(number);
            }
        }
        return List.copyOf(numbers);
    }
}
