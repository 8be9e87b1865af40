package io.troupe.supervisor.server;

import io.troupe.protocol.CommandLine;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.SyscallException;
import io.troupe.syscall.UnixChannel;
import io.troupe.syscall.UnixServer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts clients and gives each a session. Only the supervisor's own user and root may speak to it. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final int MOST_SESSIONS = 4096;
    private static final int ROOT = 0;
    private static final int READ_BYTES = 64 * 1024;

    private final UnixServer socket;
    private final EventLoop loop;
    private final CommandLine commandLine;
    private final Requests requests;
    private final int uid;
    private final Runnable whenUnused;
    private final byte[] buffer = new byte[READ_BYTES];
    private final AtomicInteger sessions = new AtomicInteger();

    /**
     * Serves clients of a listening socket, which the server owns from here on.
     *
     * @param uid the supervisor's own user
     * @param whenUnused called when the last session has ended; must not block
     */
    public Server(
            UnixServer socket,
            EventLoop loop,
            CommandLine commandLine,
            Requests requests,
            int uid,
            Runnable whenUnused) {
        this.socket = socket;
        this.loop = loop;
        this.commandLine = commandLine;
        this.requests = requests;
        this.uid = uid;
        this.whenUnused = whenUnused;
    }

    /** Begins to accept. */
    public void open() throws SyscallException {
        loop.register(socket.descriptor(), EventLoop.Interest.READ, (_, _) -> accept());
    }

    /** {@return how many clients are connected} */
    public int sessions() {
        return sessions.get();
    }

    @Override
    public void close() {
        loop.execute(socket::close);
    }

    private void accept() {
        try {
            for (Optional<UnixChannel> client = socket.accept(); client.isPresent(); client = socket.accept()) {
                admit(client.get());
            }
        } catch (SyscallException problem) {
            LOG.warn("a client could not be accepted: {}", problem.getMessage());
        }
    }

    private void admit(UnixChannel client) throws SyscallException {
        UnixChannel.Credentials peer = client.peer();
        if (peer.uid() != uid && peer.uid() != ROOT) {
            LOG.warn("refused a client of uid {} (pid {})", peer.uid(), peer.pid());
            client.close();
            return;
        }
        if (sessions.incrementAndGet() > MOST_SESSIONS) {
            LOG.warn("refused a client: {} are connected already", MOST_SESSIONS);
            sessions.decrementAndGet();
            client.close();
            return;
        }
        Mailbox mailbox = new Mailbox();
        ClientChannel channel = new ClientChannel(client, loop, mailbox, buffer);
        Thread.ofVirtual().name("session-" + peer.pid()).start(() -> {
            try {
                new Session(channel, mailbox, commandLine, requests).run();
            } finally {
                if (sessions.decrementAndGet() == 0) {
                    whenUnused.run();
                }
            }
        });
    }
}
