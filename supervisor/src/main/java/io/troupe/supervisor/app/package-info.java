/**
 * The supervisor as a process: settings, log, wiring, start and end.
 *
 * <p>Read {@link io.troupe.supervisor.app.Main}, then {@link io.troupe.supervisor.app.Supervisor} (what is made in which
 * order and who closes it). May use every package of the supervisor.
 */
@NullMarked
package io.troupe.supervisor.app;

import org.jspecify.annotations.NullMarked;
