package io.troupe.cli.system;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Runs commands on a pseudo-terminal, with the help of script(1). */
final class Terminal {

    private Terminal() {}

    static Result run(Troupe troupe, String... arguments) {
        List<String> words = new ArrayList<>(List.of(Troupe.BINARY.toString()));
        words.addAll(List.of(arguments));
        return new Call(words(words)).with(troupe.environment()).run();
    }

    /** {@return the words that run these words on a terminal and end as they do} */
    static List<String> words(List<String> words) {
        String line = words.stream().map(Terminal::quoted).collect(Collectors.joining(" "));
        return List.of("script", "--quiet", "--return", "--command", line, "/dev/null");
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
