package io.troupe.supervisor.systemd;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.util.regex.Pattern;

/**
 * Where a container's process is in systemd's tree.
 *
 * @param slice such as {@code machine.slice}; {@code -.slice} is the root
 * @param unit such as {@code libpod-1f.scope}
 */
public record ScopeName(String slice, String unit) {
    private static final String SLICE = ".slice";
    private static final String WHERE = "config.json: linux.cgroupsPath";
    private static final int LONGEST = 255;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_.\\\\-]+");

    /**
     * {@return what a cgroupsPath of the form that runc and crun have for systemd names}
     *
     * @param path {@code SLICE:PREFIX:NAME}; SLICE and PREFIX may be empty
     * @param defaultSlice for an empty SLICE
     * @throws FailureException INVALID_BUNDLE
     */
    public static ScopeName of(String path, String defaultSlice) {
        String[] parts = path.split(":", -1);
        if (parts.length != 3 || parts[2].isEmpty()) {
            throw refused(path, "it has to be SLICE:PREFIX:NAME for systemd");
        }
        String slice = parts[0].isEmpty() ? defaultSlice : parts[0];
        String unit = (parts[1].isEmpty() ? "" : parts[1] + "-") + parts[2] + ".scope";
        if (parts[2].endsWith(SLICE)) {
            throw refused(path, "a slice holds no process");
        }
        if (!NAME.matcher(unit).matches() || unit.length() > LONGEST) {
            throw refused(path, "systemd takes no unit of the name " + unit);
        }
        if (!isSlice(slice)) {
            throw refused(path, "\"" + slice + "\" is no slice");
        }
        return new ScopeName(slice, unit);
    }

    /** {@return text with what systemd does not take in a unit's name escaped as systemd-escape(1) does} */
    public static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (NAME.matcher(String.valueOf(one)).matches() && one != '\\') {
                out.append(one);
            } else {
                out.append("\\x%02x".formatted((int) one));
            }
        }
        return out.toString();
    }

    private static boolean isSlice(String slice) {
        if (slice.equals("-" + SLICE)) {
            return true;
        }
        String stem = slice.endsWith(SLICE) ? slice.substring(0, slice.length() - SLICE.length()) : "";
        return NAME.matcher(stem).matches()
                && !stem.startsWith("-")
                && !stem.endsWith("-")
                && !stem.contains("--")
                && slice.length() <= LONGEST;
    }

    /**
     * {@return the scope's cgroup in each hierarchy, beginning with "/"} A slice {@code a-b.slice} is inside
     * {@code a.slice} (systemd.slice(5)).
     *
     * @param manager cgroup of the manager that is asked, beginning with "/"; "" for the root
     */
    public String cgroup(String manager) {
        StringBuilder path = new StringBuilder(manager);
        if (!slice.equals("-" + SLICE)) {
            for (int dash = slice.indexOf('-'); dash > 0; dash = slice.indexOf('-', dash + 1)) {
                path.append('/').append(slice, 0, dash).append(SLICE);
            }
            path.append('/').append(slice);
        }
        return path.append('/').append(unit).toString();
    }

    private static FailureException refused(String path, String what) {
        return new FailureException(
                FailureCode.INVALID_BUNDLE,
                WHERE + " \"" + path + "\"",
                what,
                "Write it like machine.slice:troupe:web1, or leave out --systemd-cgroup");
    }
}
