package io.troupe.supervisor.server;

import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.RootFileSystemConfig;
import java.nio.file.Path;

/** Reads what a request names as the source of a configuration. */
final class Bundles {
    private Bundles() {}

    /**
     * {@return the checked bundle}
     *
     * @param id the host name of a container that has no configuration of its own
     */
    static Bundle read(Request.BundleSource source, String id) {
        return switch (source) {
            case Request.BundleSource.Directory(String path, var config) ->
                config == null ? BundleReader.read(Path.of(path)) : BundleReader.read(Path.of(path), Path.of(config));
            case Request.BundleSource.RootFileSystem rootfs -> RootFileSystemConfig.of(rootfs, id);
        };
    }
}
