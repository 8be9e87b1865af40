package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.ContainerCommand;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Intents to create, on their way into the journal. Who alone has a name may go on meanwhile, as long as what it makes
 * ends with its client or is its own directory: {@link io.troupe.supervisor.recovery.Orphans} takes that away if both
 * are killed before the intent is recorded.
 */
final class Intentions {
    private final Containers containers;
    private final Set<ContainerName> underWay = new HashSet<>();

    Intentions(Containers containers) {
        this.containers = containers;
    }

    /** The container does not take it: it is somebody else's, or the journal cannot be written. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final FailureException why;

        private RefusedException(FailureException why) {
            super(why);
            this.why = why;
        }

        /** {@return what the caller is told} */
        FailureException why() {
            return why;
        }
    }

    /** One that has been asked for. To be settled once. */
    final class Intention {
        private final ContainerName name;
        private final boolean first;
        private final boolean alone;
        private final CompletionStage<Answer> asked;

        private Intention(ContainerName name, boolean first, boolean alone, CompletionStage<Answer> asked) {
            this.name = name;
            this.first = first;
            this.alone = alone;
            this.asked = asked;
        }

        /** {@return whether nobody else has the name or asks for it, so that the answer need not be awaited} */
        boolean alone() {
            return alone;
        }

        /** Waits until it is in the journal, whether or not the client is still there. */
        void settle() throws RefusedException {
            try {
                containers.settled(name, asked);
            } catch (FailureException refused) {
                throw new RefusedException(refused);
            } finally {
                release(this);
            }
        }
    }

    /** Asks the container for it. In the order of these calls they reach it. */
    synchronized Intention ask(Prepared prepared, Session session) {
        ContainerName name = prepared.name();
        boolean first = underWay.add(name);
        return new Intention(
                name,
                first,
                first && !containers.isThere(name),
                containers.asked(session, name, new ContainerCommand.Create(prepared.blueprint()), prepared.word()));
    }

    private synchronized void release(Intention settled) {
        if (settled.first) {
            underWay.remove(settled.name);
        }
    }
}
