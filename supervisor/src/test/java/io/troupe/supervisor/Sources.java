package io.troupe.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Source files as text, for tests about what stands in them. */
public final class Sources {
    private Sources() {}

    /**
     * {@return all files below a directory, without the seams of text that goes over lines}
     *
     * @param asking the test that asks, which is left out
     */
    public static String joined(Path directory, Class<?> asking) throws IOException {
        String own = asking.getSimpleName() + ".java";
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file) && !file.endsWith(own))
                    .map(Sources::text)
                    .collect(Collectors.joining("\n"))
                    .replaceAll("(?<!\\\\)\"\\s*\\+\\s*\"", "");
        }
    }

    /** {@return what Java means by the text of a literal, as far as quotes go} */
    public static String plain(String text) {
        return text.replace("\\\"", "\"");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
