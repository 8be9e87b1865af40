package io.troupe.supervisor.bundle;

/**
 * The root file system.
 *
 * @param path as written; relative paths are relative to the bundle, see {@link Bundle#rootfs}
 * @param readonly whether the container's "/" is read-only
 * @param borrowed whether it is a directory of the host's own, of which nothing may change: mounts below it are read-only
 *     too, and no working directory is made. Not in config.json: it is what {@code run --rootfs} asks for
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#root Runtime Specification, Root
 */
public record RootSection(String path, boolean readonly, boolean borrowed) {}
