package io.troupe.cli.command;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Signal names (signal(7)) with the numbers that x86-64 and aarch64 share. */
final class SignalName {
    static final int TERM = 15;
    static final int LARGEST = 64;

    /** glibc's: it keeps 32 and 33 for itself. */
    private static final int RTMIN = 34;

    private static final Pattern REAL_TIME = Pattern.compile("RT(MIN|MAX)(?:([+-])([0-9]{1,2}))?");
    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };
    private static final Map<String, Integer> NUMBERS = numbers();

    private SignalName() {}

    /** {@return the number of a signal by name, with or without SIG, in any case; null if there is none} */
    static @Nullable Integer number(String given) {
        String upper = given.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        Matcher realTime = REAL_TIME.matcher(name);
        return realTime.matches() ? realTime(realTime) : NUMBERS.get(name);
    }

    private static @Nullable Integer realTime(Matcher match) {
        boolean fromLeast = match.group(1).equals("MIN");
        int distance = match.group(3) == null ? 0 : Integer.parseInt(match.group(3));
        boolean inward = match.group(2) == null || match.group(2).equals(fromLeast ? "+" : "-");
        if (!inward || distance > LARGEST - RTMIN) {
            return null;
        }
        return fromLeast ? RTMIN + distance : LARGEST - distance;
    }

    private static Map<String, Integer> numbers() {
        Map<String, Integer> out = new HashMap<>();
        for (int i = 0; i < NAMES.length; i++) {
            out.put(NAMES[i], i + 1);
        }
        out.put("IOT", out.get("ABRT"));
        out.put("CLD", out.get("CHLD"));
        out.put("POLL", out.get("IO"));
        return Map.copyOf(out);
    }
}
