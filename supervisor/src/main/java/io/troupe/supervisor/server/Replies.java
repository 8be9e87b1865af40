package io.troupe.supervisor.server;

import io.troupe.protocol.Reply;

/** Where a service puts its answers: the client's terminal, by way of the renderer. */
@FunctionalInterface
interface Replies {
    void reply(Reply reply) throws ClientGone;
}
