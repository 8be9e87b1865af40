package io.troupe.supervisor.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The link {@code data} in the run directory: where the journal of the last supervisor was. The next one may be started by
 * a caller who says neither HOME nor XDG_DATA_HOME, as podman's clean-up after a container does.
 */
final class DataLink {
    private static final String NAME = "data";

    private DataLink() {}

    /** Has the next supervisor of {@code run} know of {@code data}. Both exist. */
    static void set(Path run, Path data) throws IOException {
        Path link = run.resolve(NAME);
        if (!of(run).equals(Optional.of(data))) {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, data);
        }
    }

    /** {@return what the link says; empty if there is none} */
    static Optional<Path> of(Path run) {
        try {
            return Optional.of(Files.readSymbolicLink(run.resolve(NAME)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
