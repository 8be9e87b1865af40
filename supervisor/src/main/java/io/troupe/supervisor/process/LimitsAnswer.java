package io.troupe.supervisor.process;

import org.jspecify.annotations.Nullable;

/**
 * What became of {@link ProcessCommand.SetLimits}.
 *
 * @param problem why they are not as they should be, and how they are; null if all was written
 */
public record LimitsAnswer(@Nullable String problem) {}
