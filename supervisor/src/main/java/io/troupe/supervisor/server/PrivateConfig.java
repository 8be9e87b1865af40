package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.process.Footprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The configuration that a container was created with, whatever became of the bundle's since. */
final class PrivateConfig {
    private PrivateConfig() {}

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
        Path bundle = Path.of(blueprint.bundle());
        Optional<Bundle> kept = BundleReader.kept(bundle, blueprint.configDigest());
        if (kept.isPresent()) {
            return kept.get().config();
        }
        Path copy = Path.of(blueprint.footprint().directory(), Footprint.CONFIG);
        try {
            return BundleReader.of(bundle, Files.readAllBytes(copy)).config();
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    "container " + name,
                    "the copy of its configuration cannot be read: "
                            + (problem instanceof NoSuchFileException ? "it is missing" : problem.getMessage()),
                    "Delete it with --force and create it again");
        }
    }
}
