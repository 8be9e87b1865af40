/**
 * The host as files tell it: its cgroups, its processes, what its kernel can do.
 *
 * <p>Read {@link io.troupe.supervisor.host.HostFacts} (what is known once for all),
 * {@link io.troupe.supervisor.host.CgroupLayout} (where cgroups are), then {@link io.troupe.supervisor.host.Cgroups} and
 * {@link io.troupe.supervisor.host.ProcFs} (what is asked again and again). Uses {@code syscall} and {@code protocol}.
 */
@NullMarked
package io.troupe.supervisor.host;

import org.jspecify.annotations.NullMarked;
