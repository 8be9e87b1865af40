package io.troupe.supervisor.server;

import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.criu.CriuAnswer;
import io.troupe.supervisor.criu.CriuLog;
import io.troupe.supervisor.criu.CriuRequest;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.SyscallException;
import io.troupe.syscall.UnixChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to a CRIU that a client has executed. If this is closed before CRIU has answered, or if the supervisor dies,
 * CRIU gives up at the next point where it asks: what was to be written goes on, what was to be restored is killed.
 */
final class CriuTalk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CriuTalk.class);
    private static final int MOST_BYTES = 64 * 1024;

    private final UnixChannel socket;
    private final EventLoop loop;
    private final Session session;

    /** Takes the channel over. */
    CriuTalk(Descriptor channel, EventLoop loop, Session session) throws SyscallException {
        this.socket = UnixChannel.of(channel);
        this.loop = loop;
        this.session = session;
    }

    /** What happens on the way. */
    @FunctionalInterface
    interface Points {
        /**
         * CRIU has come to a point and waits. It goes on when this returns.
         *
         * @param received descriptors that came along, closed by the caller afterwards
         */
        void reached(CriuAnswer.Notification point, List<Descriptor> received)
                throws ClientGone, IOException, StepFailedException;
    }

    /**
     * Has CRIU do something, however long it takes: that depends on the memory there is, and who asked may leave.
     *
     * @throws CriuFailed if it cannot
     */
    void request(CriuRequest request, Points points) throws ClientGone, IOException, StepFailedException, CriuFailed {
        send(request.toBytes());
        while (true) {
            List<Descriptor> received = new ArrayList<>();
            try {
                switch (next(received)) {
                    case CriuAnswer.Done _, CriuAnswer.Features _ -> {
                        return;
                    }
                    case CriuAnswer.Failed failed -> throw new CriuFailed(failed);
                    case CriuAnswer.Notification point -> {
                        LOG.debug("CRIU: {} {}", point.point(), point.pid());
                        points.reached(point, received);
                        send(CriuRequest.answer(true));
                    }
                }
            } finally {
                received.forEach(Descriptor::close);
            }
        }
    }

    /**
     * Checks that there is a feature. Another request may follow.
     *
     * @throws CriuFailed if it cannot
     */
    void require(CriuRequest.Feature feature) throws ClientGone, CriuFailed {
        send(CriuRequest.asks(feature, true));
        if (!(next(new ArrayList<>()) instanceof CriuAnswer.Features(var present) && present.contains(feature))) {
            // CRIU complains to its caller of one who leaves while another request is due.
            send(CriuRequest.asks(feature, false));
            next(new ArrayList<>());
            throw new CriuFailed(new CriuAnswer.Failed(0, feature.lack()));
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    /** CRIU has said no. */
    static final class CriuFailed extends Exception {
        private final transient CriuAnswer.Failed answer;

        CriuFailed(CriuAnswer.Failed answer) {
            super(answer.message(), null, false, false);
            this.answer = answer;
        }

        /**
         * {@return the failure for the caller, in CRIU's words}
         *
         * @param verb such as {@code checkpoint}
         * @param log CRIU's
         */
        Failure told(String where, String verb, Path log) {
            List<String> errors = errors(log);
            String words = errors.isEmpty() ? answer.message() : String.join("; ", errors);
            return new Failure(
                    FailureCode.SYSTEM,
                    where,
                    "cannot " + verb + ": CRIU: " + (words.isEmpty() ? "it does not say why" : words),
                    "See " + log);
        }

        private static List<String> errors(Path log) {
            try {
                return CriuLog.lastErrors(log);
            } catch (IOException problem) {
                return List.of("its log cannot be read: " + problem.getMessage());
            }
        }
    }

    private void send(byte[] packet) throws CriuFailed {
        try {
            if (socket.send(packet, 0, packet.length, List.of()) == packet.length) {
                return;
            }
            throw new CriuFailed(new CriuAnswer.Failed(0, "it does not read what it is asked"));
        } catch (SyscallException problem) {
            throw new CriuFailed(new CriuAnswer.Failed(0, "it has ended: " + problem.getMessage()));
        }
    }

    /** On the loop's thread: takes a packet, or the end, which is an empty one. */
    private void receive(
            CompletableFuture<byte[]> packet, List<Descriptor> received, EventLoop.Registration registration) {
        byte[] buffer = new byte[MOST_BYTES];
        int count;
        try {
            count = socket.receive(buffer, received);
        } catch (SyscallException problem) {
            LOG.debug("CRIU: {}", problem.getMessage());
            count = -1;
        }
        if (count != 0) {
            registration.cancel();
            packet.complete(Arrays.copyOf(buffer, Math.max(0, count)));
        }
    }

    private CriuAnswer next(List<Descriptor> received) throws ClientGone, CriuFailed {
        CompletableFuture<byte[]> packet = new CompletableFuture<>();
        EventLoop.Registration registration;
        try {
            registration = loop.register(
                    socket.descriptor(), EventLoop.Interest.READ, (watch, _) -> receive(packet, received, watch));
        } catch (SyscallException problem) {
            throw new CriuFailed(new CriuAnswer.Failed(0, "it cannot be heard: " + problem.getMessage()));
        }
        byte[] bytes;
        try {
            bytes = session.await(packet, "CRIU", Mailbox.FOR_EVER);
        } finally {
            registration.cancel();
        }
        if (bytes.length == 0) {
            throw new CriuFailed(new CriuAnswer.Failed(0, "it ended without an answer"));
        }
        try {
            return CriuAnswer.of(bytes);
        } catch (IllegalArgumentException problem) {
            throw new FailureException(FailureCode.SYSTEM, "CRIU", "" + problem.getMessage(), "Use CRIU 3.17 or newer");
        }
    }
}
