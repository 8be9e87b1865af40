/**
 * Processes of containers: watched by pidfd, signalled, released at their gate, found again after a restart, cleaned up.
 *
 * <p>Read {@link io.troupe.supervisor.process.ProcessCommand} (what can be asked),
 * {@link io.troupe.supervisor.process.ProcessReport} (what comes back), {@link io.troupe.supervisor.process.Footprint}
 * and {@link io.troupe.supervisor.process.ProcessIdentity}. May use {@code launch}, {@code syscall}, {@code host} and
 * {@code protocol}.
 */
@NullMarked
package io.troupe.supervisor.process;

import org.jspecify.annotations.NullMarked;
