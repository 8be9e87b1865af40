/**
 * Processes of containers, natively: watched by pidfd, signalled, let through their gate, removed.
 *
 * <p>Read {@link io.troupe.supervisor.process.ProcessCommand} (what is asked),
 * {@link io.troupe.supervisor.process.ProcessReport} (what is told), then
 * {@link io.troupe.supervisor.process.ProcessActor}. {@link io.troupe.supervisor.process.Endings} is how a process's end
 * is known, {@link io.troupe.supervisor.process.Gate} how it starts, {@link io.troupe.supervisor.process.ParkClient} how
 * ends are known that happened while no supervisor ran. Decides nothing.
 */
@NullMarked
package io.troupe.supervisor.process;

import org.jspecify.annotations.NullMarked;
