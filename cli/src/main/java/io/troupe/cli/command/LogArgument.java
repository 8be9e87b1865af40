package io.troupe.cli.command;

import io.troupe.protocol.CommandLine.LogTarget;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The value of {@code --log}: crun's forms; what begins like none of them is a file, as in runc. */
final class LogArgument {
    static final String OPTION = "--log";
    private static final String FILE = "file:";
    private static final String JOURNALD = "journald:";
    private static final String SYSLOG = "syslog:";
    private static final Pattern IDENTIFIER = Pattern.compile("[\\x21-\\x39\\x3b-\\x7e]{1,64}");

    private LogArgument() {}

    /** {@return where it points; null if it was not given} */
    static @Nullable LogTarget target(Words words, String cwd) {
        String value = words.value(OPTION);
        if (value == null) {
            return null;
        }
        if (value.startsWith(JOURNALD)) {
            return new LogTarget.Journald(identifier(words, value.substring(JOURNALD.length())));
        }
        if (value.startsWith(SYSLOG)) {
            return new LogTarget.Syslog(identifier(words, value.substring(SYSLOG.length())));
        }
        String file = value.startsWith(FILE) ? value.substring(FILE.length()) : value;
        if (file.isEmpty()) {
            throw words.wrong(OPTION, "it names no file", "Write a path after file:");
        }
        return new LogTarget.File(Paths.absolute(cwd, file));
    }

    private static String identifier(Words words, String text) {
        if (text.isEmpty()) {
            return "troupe";
        }
        if (!IDENTIFIER.matcher(text).matches()) {
            throw words.wrong(
                    OPTION,
                    Failures.shown(text) + " is no identifier",
                    "Use 1 to 64 printable characters without blank or colon");
        }
        return text;
    }
}
