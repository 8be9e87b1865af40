package io.troupe.supervisor.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The config.json that {@code troupe spec} writes: a shell on a terminal, with few rights, in {@code rootfs}. */
public final class ExampleConfig {
    private ExampleConfig() {}

    /** {@return the text of the file} */
    public static String json() {
        return resource("example-config.json");
    }

    /** {@return the text of a file that lies beside this class} */
    static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(ExampleConfig.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
