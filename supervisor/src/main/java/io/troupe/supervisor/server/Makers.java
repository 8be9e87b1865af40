package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Clients that make a container just now. What they do is theirs until its process is recorded: who wants it gone before
 * that has to end them, and then all is taken back as after any client that leaves.
 */
final class Makers {
    private final ConcurrentMap<ContainerName, Session> making = new ConcurrentHashMap<>();

    /** From now on, until {@link #leave}, the client makes the container. Nobody else does: its intent is recorded. */
    void enter(ContainerName name, Session session) {
        making.put(name, session);
    }

    void leave(ContainerName name, Session session) {
        making.remove(name, session);
    }

    /** Kills the client that makes a container, if one does: it may hang in a hook, or be stopped. */
    void end(ContainerName name) {
        making.computeIfPresent(name, (_, session) -> {
            session.channel().killClient(); // here, where leave() waits for us: the connection is open
            return session;
        });
    }
}
