/**
 * Clients: their socket, who they are, and what becomes of each request.
 *
 * <p>Read {@link io.troupe.supervisor.server.Server} (accepts), {@link io.troupe.supervisor.server.Session} (one client,
 * one virtual thread, straight-line code), {@link io.troupe.supervisor.server.Requests} (which service answers what),
 * then the services: {@link io.troupe.supervisor.server.Launches} for create, run and exec,
 * {@link io.troupe.supervisor.server.Lifecycle} for start, kill and delete, {@link io.troupe.supervisor.server.Queries}
 * for the rest. Nothing here decides: containers do, and the kernel behind them.
 */
@NullMarked
package io.troupe.supervisor.server;

import org.jspecify.annotations.NullMarked;
