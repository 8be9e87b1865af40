package io.troupe.cli.command;

import java.util.ArrayDeque;
import java.util.Deque;

/** Paths as text: they belong to the caller's mount namespace, so nothing here looks at a file system. */
final class Paths {
    private Paths() {}

    /** {@return {@code given} against {@code cwd}, without empty parts, "." and ".." (as runc's filepath.Abs)} */
    static String absolute(String cwd, String given) {
        Deque<String> parts = new ArrayDeque<>();
        String whole = given.startsWith("/") ? given : cwd + "/" + given;
        for (String part : whole.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }
}
