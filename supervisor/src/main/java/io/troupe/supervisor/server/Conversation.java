package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.PlanCodec;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.wire.FrameType;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client carries a plan out, and says how far it is: what is said in which order, and what may come between. The
 * frames are described in {@code contract.h}.
 */
final class Conversation {
    /** Generous: hooks have no deadline unless config.json gives one. */
    private static final Duration SETUP = Duration.ofMinutes(10);

    private static final String WHERE = "client";

    private final Session session;
    private final Consumer<StepFailure> warnings;
    private @Nullable Frame ended;

    /**
     * Begins with nothing sent.
     *
     * @param warnings told of failures that do not end the plan
     */
    Conversation(Session session, Consumer<StepFailure> warnings) {
        this.session = session;
        this.warnings = warnings;
    }

    /** Tells the client's user; see {@link Session#warn}. */
    void warn(List<String> lines) throws ClientGone {
        session.warn(lines);
    }

    /** Sends the plan and what goes with it: the sealed binary, then the pidfd of the process to join, if any. */
    void send(LaunchPlan plan, Descriptor... descriptors) throws ClientGone {
        send(PlanCodec.encode(plan), descriptors);
    }

    /** The same for a plan that has been encoded. */
    void send(byte[] plan, Descriptor... descriptors) throws ClientGone {
        session.channel().send(FrameType.LAUNCH, plan, descriptors);
    }

    /** {@return a hold on the new process, owned by the caller} */
    Pidfd awaitProcess() throws ClientGone, StepFailedException {
        Frame frame = next(FrameType.PID, SETUP);
        if (frame.descriptors().isEmpty()) {
            throw broken("it sent a pid without a descriptor");
        }
        return Pidfd.of(frame.descriptors().getFirst());
    }

    /**
     * {@return who the new process is}
     *
     * @throws StepFailedException if it failed so early that it is gone; the news of that come after its pid
     */
    ProcessIdentity identify(Machinery machinery, Pidfd pidfd) throws IOException, ClientGone, StepFailedException {
        try {
            return machinery.identify(pidfd);
        } catch (IOException gone) {
            awaitStarted();
            throw gone;
        }
    }

    /** {@return the supervisor's end of what the program has by {@link io.troupe.launch.Step.Channel}, owned by the caller} */
    Descriptor awaitChannel() throws ClientGone, StepFailedException {
        Frame frame = next(FrameType.CHANNEL, SETUP);
        if (frame.descriptors().isEmpty()) {
            throw broken("it sent a channel without a descriptor");
        }
        return frame.descriptors().getFirst();
    }

    /**
     * {@return a hold on a process that the plan's program has made, which comes in its place; owned by the caller}
     *
     * @param pid as the program sees it
     */
    Pidfd succeed(int pid) throws ClientGone, StepFailedException {
        byte[] payload = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(pid)
                .array();
        session.channel().send(FrameType.HEIR, payload);
        return awaitProcess();
    }

    /** Hands the client the master of a terminal that came from elsewhere; it stays the caller's here. */
    void giveMaster(Descriptor master) throws ClientGone {
        session.channel().send(FrameType.MASTER, "/dev/console".getBytes(StandardCharsets.UTF_8), master);
    }

    /** systemd has the process in its scope. */
    void scoped() throws ClientGone {
        session.channel().send(FrameType.SCOPED, new byte[0]);
    }

    /** The process stands at its gate. */
    void awaitReady() throws ClientGone, StepFailedException {
        next(FrameType.READY, SETUP);
    }

    /**
     * Lets the process live on, whatever becomes of the client.
     *
     * @param id under which a client in the foreground reports its end if it loses its supervisor; "" for not at all
     */
    void adopt(String id) throws ClientGone {
        session.channel().send(FrameType.ADOPT, id.getBytes(StandardCharsets.UTF_8));
    }

    /** The process runs its program. A plan with a gate passes it first, unseen by who waits here. */
    void awaitStarted() throws ClientGone, StepFailedException {
        next(FrameType.STARTED, SETUP);
    }

    /** {@return the wait status of the process, which may run for as long as it likes} */
    int awaitExit() throws ClientGone, StepFailedException {
        Frame early = ended;
        return (early != null ? early : next(FrameType.EXITED, Mailbox.FOR_EVER, warnings)).number();
    }

    /**
     * Has a plan carried out that makes no process; there may be one already, and it may end meanwhile.
     *
     * @param about told of failures that do not end the plan
     */
    void carryOut(LaunchPlan plan, Descriptor binary, Consumer<StepFailure> about)
            throws ClientGone, StepFailedException {
        carryOut(plan, about, binary);
    }

    /** The same for a plan that joins a process: the sealed binary, then that process's pidfd. */
    void carryOut(LaunchPlan plan, Consumer<StepFailure> about, Descriptor... descriptors)
            throws ClientGone, StepFailedException {
        send(plan, descriptors);
        next(FrameType.DONE, SETUP, about);
    }

    private Frame next(FrameType wanted, Duration deadline) throws ClientGone, StepFailedException {
        return next(wanted, deadline, warnings);
    }

    private Frame next(FrameType wanted, Duration deadline, Consumer<StepFailure> about)
            throws ClientGone, StepFailedException {
        while (true) {
            Frame frame = session.frame(WHERE, deadline);
            if (frame.type() == wanted) {
                return frame;
            }
            if (frame.type() == FrameType.EXITED && wanted == FrameType.DONE) {
                ended = frame;
                continue;
            }
            frame.discard();
            switch (frame.type()) {
                case WARNING -> about.accept(frame.failure());
                case FAILED -> throw new StepFailedException(frame.failure());
                case HANGUP -> throw new ClientGone("the client was told to end by signal " + frame.number());
                // A process that is adopted early passes its gate while we wait for more.
                case READY -> {}
                default -> throw broken("it sent " + frame.type() + " where " + wanted + " was due");
            }
        }
    }

    private static FailureException broken(String what) {
        return new FailureException(FailureCode.USAGE, WHERE, what, "Use the troupe command of the same distribution");
    }
}
