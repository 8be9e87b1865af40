package io.troupe.supervisor.bundle;

/**
 * The five sets of capabilities(7); bit n is capability n. Absent capabilities are empty sets.
 *
 * @param bounding what can ever be gained
 * @param effective a subset of permitted
 * @param ambient of those asked for, the ones that are both permitted and inheritable: the kernel has no others
 */
public record CapabilitySets(long bounding, long effective, long permitted, long inheritable, long ambient) {
    /** No capability at all: what a process without the field gets. */
    public static final CapabilitySets NONE = new CapabilitySets(0, 0, 0, 0, 0);
}
