package io.troupe.cli.command;

import java.util.regex.Pattern;

/**
 * {@code UID[:GID]}, in decimal digits. Names are refused: only the container's own files could tell what they mean,
 * and a container may write those. 4294967295 is refused: it is the kernel's "no change" (setresuid(2)).
 */
final class UserArgument {
    static final long LARGEST_ID = 0xffff_fffeL;
    private static final Pattern FORM = Pattern.compile("([0-9]+)(:([0-9]+))?");

    private UserArgument() {}

    /** {@return {@code text}, if it is a user} */
    static String check(Words words, String text) {
        if (!FORM.matcher(text).matches()) {
            throw words.wrong(
                    "--user",
                    Failures.shown(text) + " is not UID or UID:GID",
                    "Use decimal numbers, such as 1000:1000");
        }
        for (String number : text.split(":", -1)) {
            words.number("--user", number, 0, LARGEST_ID);
        }
        return text;
    }
}
