package io.troupe.supervisor.plan;

import java.util.HashMap;
import java.util.Map;

/** Lines of a schemata file of resctrl, such as {@code L3:0=7f0;1=1f}. */
public final class Schemata {
    private static final String BANDWIDTH = "MB";

    private Schemata() {}

    /**
     * {@return whether a group has what a line asks for} Domains that it does not name may have anything.
     *
     * @param text of the group's schemata file
     * @param granularity of the memory bandwidth in the kernel, which rounds up to multiples of it; 1 if it does not
     */
    public static boolean has(String text, String line, long granularity) {
        String resource = resource(line);
        Map<String, String> wanted = values(line);
        return text.lines()
                .filter(one -> resource(one).equals(resource))
                .map(Schemata::values)
                .anyMatch(there -> wanted.entrySet().stream()
                        .allMatch(entry -> there.containsKey(entry.getKey())
                                && same(
                                        entry.getValue(),
                                        there.getOrDefault(entry.getKey(), ""),
                                        resource,
                                        granularity)));
    }

    private static String resource(String line) {
        return line.strip().split(":", 2)[0];
    }

    private static Map<String, String> values(String line) {
        String[] halves = line.strip().split(":", 2);
        Map<String, String> values = new HashMap<>();
        for (String domain : halves[halves.length - 1].split(";", -1)) {
            String[] pair = domain.split("=", 2);
            if (pair.length == 2) {
                values.put(plain(pair[0]), plain(pair[1]));
            }
        }
        return values;
    }

    /** Numbers are told with other zeros and blanks than they were written with. */
    private static String plain(String number) {
        return number.strip().toLowerCase(java.util.Locale.ROOT).replaceFirst("^0+(?=.)", "");
    }

    private static boolean same(String wanted, String there, String resource, long granularity) {
        if (wanted.equals(there)) {
            return true;
        }
        boolean numbers = resource.equals(BANDWIDTH) && wanted.matches("[0-9]{1,9}") && granularity > 1;
        return numbers
                && Long.toString((Long.parseLong(wanted) + granularity - 1) / granularity * granularity)
                        .equals(there);
    }
}
