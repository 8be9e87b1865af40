package io.troupe.supervisor.bundle;

import java.util.List;

/**
 * Whose the files of a mount seem to be (mount_setattr(2), "ID-mapped mounts"): ids of the file system are the container
 * ids of a map, and its host ids are what the host sees on the mount.
 *
 * @param uids empty with a {@code namespace} alone
 * @param gids likewise
 * @param namespace absolute path of a user namespace whose maps are used; empty for those here
 * @param recursive whether the mounts below it are mapped too
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#posix-platform-mounts Runtime
 *     Specification, POSIX-platform Mounts
 */
public record MountIds(List<IdMapping> uids, List<IdMapping> gids, String namespace, boolean recursive) {}
