package io.troupe.supervisor.criu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The log that CRIU writes as it works. */
public final class CriuLog {
    /** A line of an error, such as {@code (00.2) Error (criu/tty.c:1): tty: …}. */
    private static final Pattern ERROR = Pattern.compile("Error \\([^)]*\\): (.*)");

    /** Said after each failure, and tells nothing of it. */
    private static final Pattern ECHO = Pattern.compile(".*(Dumping|Restoring|Pre-dumping) FAILED\\.?");

    private static final int MOST = 2;

    private CriuLog() {}

    /** {@return CRIU's last errors in their order, at most two; empty if there are none, or no log} */
    public static List<String> lastErrors(Path log) throws IOException {
        // Paths in it are in whatever encoding their files have.
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lastErrors(lines);
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    static List<String> lastErrors(Stream<String> lines) {
        List<String> errors = new ArrayList<>();
        lines.forEach(line -> {
            Matcher matcher = ERROR.matcher(line);
            if (matcher.find() && !ECHO.matcher(matcher.group(1)).matches()) {
                errors.add(matcher.group(1).strip().replaceFirst("\\.$", ""));
                if (errors.size() > MOST) {
                    errors.removeFirst();
                }
            }
        });
        return List.copyOf(errors);
    }
}
