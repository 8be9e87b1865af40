package io.troupe.supervisor.bundle;

import java.nio.file.Path;
import java.util.List;

/**
 * A bundle that can be launched.
 *
 * @param path absolute; the hooks' working directory
 * @param rootfs absolute, an existing directory
 * @param json config.json as it was read
 * @param sha256 of {@code json} in UTF-8, 64 hex digits
 * @param unknownFields JSON paths of names that the specification does not know, in the order of the file; ignored as
 *     config.md, "Extensibility", asks, and shown by {@code plan}. A path, a colon and a value stand for a value that
 *     is left out
 */
public record Bundle(
        Path path, Path rootfs, OciConfig config, String json, String sha256, List<String> unknownFields) {}
