package io.troupe.supervisor.bundle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel runs every process of a container.
 *
 * @param persona what personality(2) takes; null to keep the caller's
 * @param memory null to keep the caller's
 */
public record Execution(@Nullable Long persona, @Nullable MemoryPolicy memory) {
    /** The caller's. */
    public static final Execution INHERITED = new Execution(null, null);

    /**
     * What set_mempolicy(2) takes.
     *
     * @param mode {@code MPOL_*} with {@code MPOL_F_*}
     * @param nodes memory nodes, ascending, possibly none
     */
    public record MemoryPolicy(int mode, List<Long> nodes) {}
}
