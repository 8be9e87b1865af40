package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.supervisor.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No reader refuses something that no test has it refuse: what the sources say must be said in a test's expectations. */
class EveryRefusalTest {
    private static final Path READERS = Path.of("src/main/java/io/troupe/supervisor/bundle");
    private static final Path TESTS = Path.of("src/test/java/io/troupe/supervisor/bundle");
    private static final Pattern REFUSAL = Pattern.compile("\\b(?:wrong|unserved|FailureException)\\(([^;]*);");
    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final int A_FEW_WORDS = 8;

    /** What root, with a locale of UTF-8, cannot have happen; it is told before anything is made. */
    private static final List<String> CANNOT_BE_HAD = List.of(
            " cannot be named in the supervisor's locale",
            "cannot be read: ",
            "Start the supervisor with a UTF-8 locale");

    @Test
    void every_refusal_of_the_readers_is_seen_by_a_test() throws IOException {
        String expectations = Sources.plain(Sources.joined(TESTS, EveryRefusalTest.class));
        List<String> unseen = new ArrayList<>();
        for (String what : refusals(Sources.joined(READERS, EveryRefusalTest.class))) {
            if (!expectations.contains(Sources.plain(what))
                    && CANNOT_BE_HAD.stream().noneMatch(what::startsWith)) {
                unseen.add(what);
            }
        }
        assertThat(unseen).isEmpty();
    }

    /** The first words of each that are long enough to be told apart: what is wrong, not the remedy. */
    private static List<String> refusals(String sources) {
        return REFUSAL.matcher(sources)
                .results()
                .map(refusal -> TEXT.matcher(refusal.group(1))
                        .results()
                        .map((MatchResult text) -> text.group(1))
                        .filter(text -> text.length() >= A_FEW_WORDS && text.contains(" "))
                        .findFirst())
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }
}
