package io.troupe.supervisor.server;

/** The client left: it was killed, interrupted, or broke the protocol. Nobody is there to be told anything. */
final class ClientGone extends Exception {
    ClientGone(String reason) {
        super(reason, null, false, false);
    }
}
