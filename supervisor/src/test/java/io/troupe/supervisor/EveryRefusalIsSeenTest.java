package io.troupe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nothing is refused that no test has refused: what the sources say must be said in a test's expectations, be it a unit
 * test, one of the system, or a check of the virtual machine. {@code bundle} has a stricter test of its own.
 */
class EveryRefusalIsSeenTest {
    private static final Path SOURCES = Path.of("src/main/java/io/troupe/supervisor");
    private static final List<Path> TESTS =
            List.of(Path.of("src/test/java"), Path.of("../cli/src/test/java"), Path.of("../.ci/vm.d"));
    private static final String FAILURE = "new FailureException";
    /** What is wrong, after code and place. */
    private static final int WHAT = 2;

    private static final Pattern CALL =
            Pattern.compile("\\b(" + FAILURE + "|unsupported|wrong|refused|unable|broken|cannotDelegate)\\(");
    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final int A_FEW_WORDS = 8;

    /** What root of a host that works does not meet, or only between two looks at it. */
    private static final List<String> CANNOT_BE_HAD = List.of(
            // A libseccomp that minds what 2.5 does not; a host without it, procps, or the rights that root has.
            "two rules say different things of the same call: ",
            "a filter needs libseccomp, and it is not installed: ",
            "the host's ps cannot be run: ",
            "its processes are outside this supervisor's pid namespace",
            // What was there a moment ago.
            "cannot be looked at: ",
            "the host cannot be looked at: ",
            "its cgroup cannot be read: ",
            "its memory cannot be watched: ",
            "its end cannot be awaited: ",
            // A defect of ours, or of systemd.
            "it did not answer within ",
            "systemd made it, and left the process in ",
            "it sent a pid without a descriptor",
            "it sent a channel without a descriptor");

    @ParameterizedTest
    @ValueSource(strings = {"criu", "plan", "process", "recovery", "server", "systemd"})
    void every_refusal_is_seen_by_a_test(String name) throws IOException {
        String expectations = expectations();
        List<String> unseen = new ArrayList<>();
        for (List<String> what : refusals(Sources.joined(SOURCES.resolve(name), EveryRefusalIsSeenTest.class))) {
            boolean seen = what.stream().anyMatch(expectations::contains);
            if (!seen && what.stream().noneMatch(CANNOT_BE_HAD::contains)) {
                unseen.add(what.getFirst());
            }
        }
        assertThat(unseen).isEmpty();
    }

    private static String expectations() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path directory : TESTS) {
            all.append(Sources.joined(directory, EveryRefusalIsSeenTest.class)).append('\n');
        }
        return Sources.plain(all.toString());
    }

    /** {@return the words of each refusal: the pieces that are long enough to be told apart} */
    private static List<List<String>> refusals(String sources) {
        List<List<String>> refusals = new ArrayList<>();
        Matcher call = CALL.matcher(sources);
        while (call.find()) {
            List<String> arguments = arguments(sources, call.end());
            boolean failure = call.group(1).equals(FAILURE);
            arguments.stream()
                    .skip(failure ? WHAT : 0)
                    .limit(failure ? 1 : arguments.size())
                    .map(EveryRefusalIsSeenTest::words)
                    .filter(words -> !words.isEmpty())
                    .findFirst()
                    .ifPresent(refusals::add);
        }
        return refusals;
    }

    private static List<String> words(String argument) {
        return TEXT.matcher(argument)
                .results()
                .map((MatchResult text) -> Sources.plain(text.group(1)))
                .filter(text -> text.strip().length() >= A_FEW_WORDS && text.contains(" "))
                .toList();
    }

    /** {@return what stands between the commas of a call, up to its closing bracket} */
    private static List<String> arguments(String sources, int from) {
        List<String> arguments = new ArrayList<>();
        int depth = 1;
        int begin = from;
        boolean quoted = false;
        for (int i = from; depth > 0; i++) {
            char one = sources.charAt(i);
            if (quoted) {
                i += one == '\\' ? 1 : 0;
                quoted = one != '"';
            } else if (one == '"') {
                quoted = true;
            } else if ("([{".indexOf(one) >= 0) {
                depth++;
            } else if (")]}".indexOf(one) >= 0) {
                depth--;
            }
            if (!quoted && (depth == 0 || (depth == 1 && one == ','))) {
                arguments.add(sources.substring(begin, i));
                begin = i + 1;
            }
        }
        return arguments;
    }
}
