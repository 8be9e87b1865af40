package io.troupe.cli.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A field of config.json and what it does; conformance.txt says what the words of a row mean.
 *
 * @param edits words, pointers and values, applied in order
 * @param inside a line of shell; empty to run what the edits say
 * @param seen lines; none for a row that is refused
 * @param refused what the failure must contain; empty for a row that runs
 * @param differs why crun shows something else; empty where it shows the same
 * @param needs of the host; empty for nothing
 */
record ConformanceRow(
        String section,
        String field,
        List<Edit> edits,
        String inside,
        List<String> seen,
        String refused,
        String differs,
        String needs) {

    /** @param word {@code set}, {@code add} or {@code remove} */
    record Edit(String word, String pointer, String json) {}

    private static final String DIFFERS = "differs: ";

    /** {@return the rows of conformance.txt, in order} */
    static List<ConformanceRow> all() {
        List<ConformanceRow> rows = new ArrayList<>();
        String section = "";
        for (String block : text().lines()
                .filter(line -> !line.startsWith("#"))
                .reduce("", (a, b) -> a + b + "\n")
                .strip()
                .split("\n\n+", -1)) {
            if (block.startsWith("== ")) {
                section = block.substring(3);
            } else {
                rows.add(parse(section, block));
            }
        }
        return List.copyOf(rows);
    }

    private static String text() {
        try (InputStream in = Objects.requireNonNull(
                ConformanceRow.class.getResourceAsStream("/io/troupe/cli/conformance.txt"), "conformance.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConformanceRow parse(String section, String block) {
        List<Edit> edits = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        String field = "";
        String inside = "";
        String refused = "";
        String differs = "";
        String needs = "";
        for (String line : block.lines().toList()) {
            String[] parts = line.split(": ", 2);
            switch (parts[0]) {
                case "field" -> field = parts[1];
                case "set", "add", "remove" -> edits.add(edit(parts[0], parts[1]));
                case "inside" -> inside = parts[1];
                case "seen" -> seen.add(parts[1]);
                case "refused" -> refused = parts[1];
                case "crun" -> differs = parts[1].substring(DIFFERS.length());
                case "needs" -> needs = parts[1];
                default -> throw new IllegalArgumentException(line);
            }
        }
        return new ConformanceRow(section, field, edits, inside, seen, refused, differs, needs);
    }

    private static Edit edit(String word, String text) {
        String[] parts = text.split(" = ", 2);
        return new Edit(word, parts[0], parts.length == 1 ? "" : parts[1]);
    }

    /** {@return a new bundle as the row wants it} */
    Bundle bundle(Path directory) {
        Bundle bundle = inside.isEmpty() ? Bundle.running(directory, "true") : Bundle.shell(directory, inside);
        for (Edit edit : edits) {
            switch (edit.word()) {
                case "set" -> bundle.set(edit.pointer(), edit.json());
                case "add" -> bundle.add(edit.pointer(), edit.json());
                default -> bundle.remove(edit.pointer());
            }
        }
        return bundle;
    }

    /** {@return whether a run shows what the row says; a refusal by another runtime may have other words} */
    boolean shownBy(Result run) {
        if (!refused.isEmpty()) {
            return run.exit() != 0;
        }
        List<String> lines = run.out().lines().toList();
        if (lines.size() != seen.size()) {
            return false;
        }
        for (int i = 0; i < lines.size(); i++) {
            if (!matches(seen.get(i), lines.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(String wanted, String line) {
        boolean pattern = wanted.length() > 2 && wanted.startsWith("/") && wanted.endsWith("/");
        return pattern
                ? Pattern.matches(wanted.substring(1, wanted.length() - 1), line)
                : wanted.strip().equals(line.strip());
    }
}
