package io.troupe.supervisor.server;

import io.troupe.protocol.FailureException;
import io.troupe.protocol.Peer;
import io.troupe.protocol.wire.FrameType;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import io.troupe.syscall.SyscallException;
import io.troupe.syscall.UnixChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames of one client. Reading is the event loop's and ends in the {@link Mailbox}; writing is the session's, which
 * waits for a slow client alone.
 */
final class ClientChannel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);
    private static final int TEXT_BYTES = 256 * 1024;

    private final UnixChannel socket;
    private final EventLoop loop;
    private final Mailbox mailbox;
    private final Peer peer;
    private final FrameDecoder decoder = new FrameDecoder();
    private final byte[] buffer;
    private final Semaphore writable = new Semaphore(0);
    private final EventLoop.Registration registration;

    /**
     * Begins to read. The channel owns the socket from here on.
     *
     * @param buffer what is read into, on the loop's thread alone; all clients may share it
     */
    ClientChannel(UnixChannel socket, EventLoop loop, Mailbox mailbox, byte[] buffer) throws SyscallException {
        this.socket = socket;
        this.loop = loop;
        this.mailbox = mailbox;
        this.buffer = buffer;
        UnixChannel.Credentials credentials = socket.peer();
        this.peer = new Peer(credentials.uid(), credentials.gid(), credentials.pid(), "");
        this.registration = loop.register(socket.descriptor(), EventLoop.Interest.READ, this::onReady);
    }

    /** {@return who is at the other end} */
    Peer peer() {
        return peer;
    }

    /** Kills the client, if it is still there. That it has left is told as ever. */
    void killClient() {
        try {
            Optional<Pidfd> client = socket.openPeer();
            if (client.isPresent()) {
                try (Pidfd pidfd = client.get()) {
                    pidfd.send(Signals.SIGKILL);
                }
            }
        } catch (SyscallException problem) {
            LOG.warn("the client of pid {} cannot be killed: {}", peer.pid(), problem.getMessage());
        }
    }

    /** Sends a frame; the descriptors stay the caller's. */
    void send(FrameType type, byte[] payload, Descriptor... descriptors) throws ClientGone {
        ByteBuffer frame = ByteBuffer.allocate(FrameType.HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putShort((short) type.number())
                .putShort((short) descriptors.length)
                .put(payload);
        write(frame.array(), List.of(descriptors));
    }

    /** Sends text in frames that a client accepts; nothing if it is empty. */
    void sendText(FrameType type, String text) throws ClientGone {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += TEXT_BYTES) {
            send(type, java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + TEXT_BYTES)));
        }
    }

    /** Tells the client to end. */
    void sendExit(int code) throws ClientGone {
        send(
                FrameType.EXIT,
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(code)
                        .array());
    }

    @Override
    public void close() {
        try {
            loop.execute(this::release);
        } catch (RejectedExecutionException _) {
            // The supervisor is ending, and the loop with it: nobody else touches them any more.
            release();
        }
    }

    private void release() {
        registration.cancel();
        socket.close();
        decoder.close();
        mailbox.drain();
    }

    private void write(byte[] bytes, List<Descriptor> descriptors) throws ClientGone {
        int sent = 0;
        List<Descriptor> passed = descriptors;
        try {
            while (sent < bytes.length) {
                int count = socket.send(bytes, sent, bytes.length - sent, passed);
                if (count > 0) {
                    sent += count;
                    passed = List.of();
                } else {
                    awaitWritable();
                }
            }
        } catch (SyscallException problem) {
            throw new ClientGone("" + problem.getMessage());
        }
    }

    private void awaitWritable() throws SyscallException, ClientGone {
        writable.drainPermits();
        registration.modify(EventLoop.Interest.READ_WRITE);
        try {
            writable.acquire();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ClientGone("the supervisor is ending");
        }
    }

    private void onReady(EventLoop.Registration watch, EventLoop.Readiness ready) {
        if (ready.writable()) {
            try {
                watch.modify(EventLoop.Interest.READ);
            } catch (SyscallException problem) {
                mailbox.close("" + problem.getMessage());
            }
            writable.release();
        }
        if (ready.readable() || ready.hangUp() || ready.error()) {
            read();
        }
    }

    private void read() {
        try {
            List<Descriptor> received = new ArrayList<>(0);
            int count = socket.receive(buffer, received);
            if (count < 0) {
                leave("the client closed its connection");
                return;
            }
            decoder.feed(buffer, count, received);
            for (Optional<Frame> frame = decoder.next(); frame.isPresent(); frame = decoder.next()) {
                if (!mailbox.put(frame.get())) {
                    frame.get().discard();
                    leave("the client sent more than was asked for");
                    return;
                }
            }
        } catch (SyscallException problem) {
            leave("" + problem.getMessage());
        } catch (FailureException problem) {
            String line = problem.failure().line();
            LOG.warn("a client of uid {} (pid {}) is cut off: {}", peer.uid(), peer.pid(), line);
            leave(line);
        }
    }

    private void leave(String reason) {
        registration.cancel();
        mailbox.close(reason);
        writable.release();
    }
}
