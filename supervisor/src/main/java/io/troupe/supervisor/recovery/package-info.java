/**
 * Making journal and host agree: when a supervisor starts, and when a user asks whether they do.
 *
 * <p>Read {@link io.troupe.supervisor.recovery.Recovery} (at the start), {@link io.troupe.supervisor.recovery.HostView}
 * (what is asked of the host; {@link io.troupe.supervisor.recovery.ProcHost} answers), {@link io.troupe.supervisor.recovery.Orphans} and
 * {@link io.troupe.supervisor.recovery.Verifier}. Uses {@code registry}, {@code container}, {@code process} messages and
 * {@code protocol}.
 */
@NullMarked
package io.troupe.supervisor.recovery;

import org.jspecify.annotations.NullMarked;
