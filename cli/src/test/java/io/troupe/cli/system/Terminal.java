package io.troupe.cli.system;

import java.util.List;
import java.util.stream.Collectors;

/** Runs commands on a pseudo-terminal, with the help of script(1). */
final class Terminal {

    private Terminal() {}

    static Result run(Troupe troupe, String... arguments) {
        String line = Troupe.BINARY + " "
                + List.of(arguments).stream().map(Terminal::quoted).collect(Collectors.joining(" "));
        return Call.of("script", "--quiet", "--return", "--command", line, "/dev/null")
                .with(troupe.environment())
                .run();
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
