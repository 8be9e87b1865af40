package io.troupe.supervisor.bundle;

import java.util.List;

/**
 * What the options of a mount mean, in the kernel's numbers. A bit is never in both of a set/clear pair, except that the
 * access time field ({@code MOUNT_ATTR__ATIME}, 0x70) is cleared whole whenever one of its values is set, as
 * mount_setattr(2) wants.
 *
 * @param bind whether an existing tree is bound
 * @param recursive with the mounts below it
 * @param set {@code MOUNT_ATTR_*} to set on the mount
 * @param clear {@code MOUNT_ATTR_*} to clear on the mount
 * @param setAll {@code MOUNT_ATTR_*} to set on the whole tree
 * @param clearAll {@code MOUNT_ATTR_*} to clear on the whole tree
 * @param propagation {@code MS_*} bits, with {@code MS_REC} for the r-forms; 0 to leave it
 * @param data options for the file system, each {@code key} or {@code key=value}; always empty for binds
 */
public record MountOptions(
        boolean bind,
        boolean recursive,
        long set,
        long clear,
        long setAll,
        long clearAll,
        long propagation,
        List<String> data) {}
