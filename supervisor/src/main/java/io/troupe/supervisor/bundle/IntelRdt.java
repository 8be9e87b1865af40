package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.Set;

/**
 * The class of service that a container's processes are in, by the file system resctrl.
 *
 * @param closId name of a group, {@code /} for the root one; empty for one of the container's own
 * @param l3CacheSchema lines that a group that is there must have already; none if absent
 * @param memBwSchema likewise
 * @param schemata more lines, which a group that is there is given
 * @param monitoring whether it is counted in a group of its own below that one
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#intelrdt Runtime Specification, IntelRdt
 */
public record IntelRdt(
        String closId,
        List<String> l3CacheSchema,
        List<String> memBwSchema,
        List<String> schemata,
        boolean monitoring) {
    /** What the kernel has in every group, and groups cannot be called. */
    private static final Set<String> TAKEN = Set.of(".", "..", "info", "mon_groups", "mon_data");

    /** {@return whether a group may be called so} */
    public static boolean isName(String name) {
        return !name.contains("/") && !TAKEN.contains(name);
    }

    /** {@return whether nothing is to be written, so that a named group has to be there} */
    public boolean changesNothing() {
        return l3CacheSchema.isEmpty() && memBwSchema.isEmpty() && schemata.isEmpty();
    }
}
