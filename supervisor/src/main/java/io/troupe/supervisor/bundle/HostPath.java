package io.troupe.supervisor.bundle;

import java.util.ArrayDeque;
import java.util.Deque;

/** Paths as text: {@link java.nio.file.Path} cannot hold every name where the locale is not UTF-8. */
final class HostPath {
    private HostPath() {}

    /** {@return {@code path} as an absolute one without empty, "." and ".." names; "/" for the root} */
    static String normalized(String path) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : path.split("/", -1)) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return "/" + String.join("/", names);
    }

    /** {@return {@code path} if it is absolute, else beneath {@code directory}; symbolic links make ".." meaningful} */
    static String resolved(String directory, String path) {
        return path.startsWith("/") ? path : directory + "/" + path;
    }
}
