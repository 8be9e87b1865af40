package io.troupe.supervisor.process;

import org.jspecify.annotations.Nullable;

/**
 * What became of {@link ProcessCommand.Freeze}.
 *
 * @param problem why the processes are not as they should be; null if they are
 */
public record FreezerAnswer(@Nullable String problem) {}
