package io.troupe.cli.command;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.util.Collection;
import java.util.Comparator;

/** Makes the failures of a command line. Values of options are not quoted where they may be secret. */
final class Failures {
    private static final int LONGEST_SHOWN = 64;
    private static final int MOST_TYPOS = 2;

    private Failures() {}

    /**
     * {@return a wrong command line}
     *
     * @param where the command, or ""
     */
    static FailureException usage(String where, String what, String remedy) {
        return new FailureException(FailureCode.USAGE, where, what, remedy);
    }

    /** {@return the refusal of {@code thing}, which is known and not served yet} */
    static FailureException unsupported(String where, String thing) {
        return new FailureException(FailureCode.UNSUPPORTED, where, thing + " is not served yet", "Leave it out");
    }

    static String seeHelp(String where) {
        return "See " + (where.isEmpty() ? "troupe" : "troupe " + where) + " --help";
    }

    /** {@return "Did you mean ..." if something known is close to {@code given}, else where to read} */
    static String suggestion(String given, Collection<String> known, String where) {
        return known.stream()
                .filter(name -> isNear(given, name))
                .min(Comparator.comparingInt(name -> distance(given, name)))
                .map(name -> "Did you mean " + name + "?")
                .orElseGet(() -> seeHelp(where));
    }

    /** {@return {@code text} in quotes, cut to a length for one line} */
    static String shown(String text) {
        return text.length() > LONGEST_SHOWN ? '"' + text.substring(0, LONGEST_SHOWN) + "...\"" : '"' + text + '"';
    }

    private static boolean isNear(String given, String name) {
        boolean begun = given.length() > MOST_TYPOS + 1 && name.startsWith(given);
        return given.length() <= LONGEST_SHOWN && (begun || distance(given, name) <= MOST_TYPOS);
    }

    /** Levenshtein's: insertions, deletions and replacements from one to the other. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
