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

    /**
     * {@return the same for a container of one user: in a user namespace, with the host's network and without limits, as
     * those need rights that such a user has not}
     *
     * @param uid the user's, on the host: the container's root
     * @param gid the group's
     */
    public static String rootless(int uid, int gid) {
        return resource("rootless-config.json")
                .replace("\"hostID\": \"uid\"", "\"hostID\": " + Integer.toUnsignedString(uid))
                .replace("\"hostID\": \"gid\"", "\"hostID\": " + Integer.toUnsignedString(gid));
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
