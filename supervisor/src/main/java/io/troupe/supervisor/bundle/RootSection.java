package io.troupe.supervisor.bundle;

/**
 * The root file system.
 *
 * @param path as written; relative paths are relative to the bundle, see {@link Bundle#rootfs}
 * @param readonly whether the container's "/" is read-only
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#root Runtime Specification, Root
 */
public record RootSection(String path, boolean readonly) {}
