package io.troupe.supervisor.recovery;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * The park that the supervisor speaks to.
 *
 * @param socket where it listens, absolute
 * @param pid of its process; empty while there is none
 */
public record ParkInUse(Path socket, Supplier<OptionalInt> pid) {}
