package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.wire.FrameType;
import io.troupe.syscall.Descriptor;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A frame from a client.
 *
 * @param descriptors owned by whoever takes the frame
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Frame(FrameType type, byte[] payload, List<Descriptor> descriptors) {

    /**
     * {@return the number that PID, EXITED and HANGUP carry}
     *
     * @throws FailureException USAGE, if the payload is cut short
     */
    int number() {
        try {
            return buffer().getInt();
        } catch (BufferUnderflowException _) {
            throw cutShort();
        }
    }

    /**
     * {@return the failure that FAILED and WARNING carry}
     *
     * @throws FailureException USAGE, if the payload is not of that form
     */
    StepFailure failure() {
        try {
            ByteBuffer in = buffer();
            LaunchPlan.Section section = LaunchPlan.Section.of(in.getInt()).orElseThrow(this::cutShort);
            int index = in.getInt();
            int errno = in.getInt();
            byte[] detail = new byte[Math.min(in.getInt(), in.remaining())];
            in.get(detail);
            return new StepFailure(section, index, errno, new String(detail, StandardCharsets.UTF_8));
        } catch (BufferUnderflowException | NegativeArraySizeException _) {
            throw cutShort();
        }
    }

    /** Closes the descriptors that came with it. */
    void discard() {
        descriptors.forEach(Descriptor::close);
    }

    private ByteBuffer buffer() {
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    }

    private FailureException cutShort() {
        return new FailureException(
                FailureCode.USAGE,
                "client",
                "its " + type + " frame is cut short",
                "Use the troupe command of the same distribution");
    }
}
