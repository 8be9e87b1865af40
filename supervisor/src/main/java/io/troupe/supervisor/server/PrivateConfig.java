package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.process.Footprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The configuration that a container was created with, whatever became of the bundle's since. */
final class PrivateConfig {
    private static final int MOST_KEPT = 32;

    /** The largest that is kept here. */
    private static final int MOST_BYTES = 64 * 1024;

    /** By what they were read from, the last used last: health checks and hooks ask for the same one again and again. */
    private static final Map<Source, OciConfig> KEPT =
            Collections.synchronizedMap(new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Source, OciConfig> eldest) {
                    return size() > MOST_KEPT;
                }
            });

    /** What a configuration means depends on nothing else. */
    private record Source(String bundle, String digest) {}

    private PrivateConfig() {}

    /** Keeps what has been read of a bundle for those who ask soon. */
    static void keep(Blueprint blueprint, OciConfig config, int bytes) {
        if (bytes <= MOST_BYTES) {
            KEPT.put(new Source(blueprint.bundle(), blueprint.configDigest()), config);
        }
    }

    /** {@return the configuration that a container is about to be created with} */
    static OciConfig of(Prepared prepared) {
        byte[] json = prepared.config().getBytes(StandardCharsets.UTF_8);
        return BundleReader.of(Path.of(prepared.blueprint().bundle()), json).config();
    }

    /**
     * {@return the configuration}
     *
     * @throws FailureException SYSTEM, if the copy cannot be read
     */
    static OciConfig read(ContainerName name, Blueprint blueprint) {
        OciConfig kept = KEPT.get(new Source(blueprint.bundle(), blueprint.configDigest()));
        if (kept != null) {
            return kept;
        }
        Path copy = Path.of(blueprint.footprint().directory(), Footprint.CONFIG);
        try {
            byte[] json = Files.readAllBytes(copy);
            OciConfig config =
                    BundleReader.of(Path.of(blueprint.bundle()), json).config();
            keep(blueprint, config, json.length);
            return config;
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    "container " + name,
                    "the copy of its configuration cannot be read: " + problem,
                    "Delete it with --force and create it again");
        }
    }
}
