package io.troupe.supervisor.server;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A supervisor's end that a client has asked for, or that makes room for the next one. */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    private Departure() {}

    /** What a client is told last of all. */
    @FunctionalInterface
    interface LastWord {
        void say() throws ClientGone;
    }

    /** Ends the supervisor. The word is said when the next one may start: what this one had open is closed by then. */
    static void with(SupervisorFacts facts, LastWord word) throws ClientGone {
        CountDownLatch said = new CountDownLatch(1);
        facts.stop().accept(() -> {
            try {
                word.say();
            } catch (ClientGone reason) {
                LOG.debug("nobody waits for the end: {}", reason.getMessage());
            } finally {
                said.countDown();
            }
        });
        try {
            said.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ClientGone("the supervisor is ending");
        }
    }
}
