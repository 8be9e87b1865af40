package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** Hears what becomes of containers. Called on the containers' own threads; must not block. */
public interface ContainerObserver {
    /** The state was replayed from the journal. What the world is like is being found out. */
    void recovered(ContainerName name, ContainerState state);

    /** The state could not be replayed; it is tried again, until {@link #recovered} is heard. */
    void unreadable(ContainerName name, Failure failure);

    /** After a replay: the state now agrees with the world. */
    void reconciled(ContainerName name, ContainerState state);

    /** Facts were committed; {@code state} is the one after the last. */
    void committed(ContainerName name, ContainerState state, List<Fact> facts);

    /** There is no container, nobody waits, and nothing was asked for a while. */
    void idle(ContainerName name, ActorRef<ContainerMessage> container);

    /** The answer to {@link ContainerMessage.Stop} of one that has been asked something again. */
    void busy(ContainerName name, ActorRef<ContainerMessage> container);

    /** The actor is gone and writes no more. */
    void stopped(ContainerName name, ActorRef<ContainerMessage> container);
}
