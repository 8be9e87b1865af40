package io.troupe.cli.system;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** CRIU as it is in $PATH. */
final class Criu {
    private Criu() {}

    /** Skips the rest where it cannot work, in its own words. */
    static void assumeItWorks() {
        assume(Call.of("sh", "-c", "command -v criu >/dev/null || { echo criu is not installed; exit 1; }; criu check")
                .run());
    }

    /** The same for what not every kernel can. */
    static void assumeFeature(String name) {
        assume(Call.of("criu", "check", "--feature", name).run());
    }

    static boolean hasFeature(String name) {
        return Call.of("criu", "check", "--feature", name).run().exit() == 0;
    }

    private static void assume(Result check) {
        String said = String.join(" ", check.command()) + ": " + check.out() + check.err();
        if (check.exit() != 0) {
            System.err.println("Tests of checkpoints are skipped: " + said);
        }
        Assumptions.assumeTrue(check.exit() == 0, said);
    }

    static Call call(Troupe troupe, String command, Path images, String[] options, String id) {
        List<String> words = new ArrayList<>(List.of(command, "--image-path", images.toString()));
        words.addAll(List.of(options));
        words.add(id);
        return troupe.call(words.toArray(String[]::new));
    }

    /** Images must be able to say where the standard streams go: not to files that tests delete, or others may not open. */
    static Result silently(Troupe troupe, String... words) {
        return redirected(troupe, "</dev/null >/dev/null 2>&1", words);
    }

    /** The same with its errors, for a container that does not have them. */
    static Result quietly(Troupe troupe, String... words) {
        return redirected(troupe, "</dev/null >/dev/null", words);
    }

    private static Result redirected(Troupe troupe, String streams, String... words) {
        List<String> line =
                new ArrayList<>(List.of("sh", "-c", "exec \"$@\" " + streams, "sh", Troupe.BINARY.toString()));
        line.addAll(List.of(words));
        return new Call(line).with(troupe.environment()).in(troupe.directory()).run();
    }

    static Result restore(Troupe troupe, String id, Bundle bundle, Path images, String... options) {
        List<String> words = new ArrayList<>(List.of(
                "restore", "--detach", "--bundle", bundle.path().toString(), "--image-path", images.toString()));
        words.addAll(List.of(options));
        words.add(id);
        return quietly(troupe, words.toArray(String[]::new));
    }
}
