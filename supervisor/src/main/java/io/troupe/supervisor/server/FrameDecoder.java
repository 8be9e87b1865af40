package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.wire.FrameType;
import io.troupe.syscall.Descriptor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Makes frames of what a socket delivers, in whatever pieces. Not thread-safe. */
final class FrameDecoder implements AutoCloseable {
    private final Deque<Descriptor> descriptors = new ArrayDeque<>();
    private byte[] pending = new byte[4096];
    private int length;

    /** Takes what one read delivered. The decoder owns the descriptors until a frame takes them. */
    void feed(byte[] bytes, int count, List<Descriptor> received) {
        if (pending.length - length < count) {
            pending = java.util.Arrays.copyOf(pending, Math.max(pending.length * 2, length + count));
        }
        System.arraycopy(bytes, 0, pending, length, count);
        length += count;
        descriptors.addAll(received);
    }

    /**
     * {@return the next whole frame, if there is one}
     *
     * @throws FailureException USAGE, if the bytes are no frame of ours
     */
    Optional<Frame> next() {
        if (length < FrameType.HEADER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer header = ByteBuffer.wrap(pending, 0, FrameType.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int size = header.getInt();
        int number = header.getShort() & 0xffff;
        int passed = header.getShort() & 0xffff;
        FrameType type = FrameType.of(number).orElseThrow(() -> refused("it sent a frame of unknown type " + number));
        if (size < 0 || size > FrameType.MAX_TO_SUPERVISOR) {
            throw refused("it sent a frame of " + Integer.toUnsignedString(size) + " bytes; "
                    + FrameType.MAX_TO_SUPERVISOR + " is the most");
        }
        if (passed > FrameType.MAX_DESCRIPTORS) {
            throw refused(
                    "it sent a frame with " + passed + " descriptors; " + FrameType.MAX_DESCRIPTORS + " is the most");
        }
        int end = FrameType.HEADER_BYTES + size;
        if (length < end) {
            return Optional.empty();
        }
        byte[] payload = java.util.Arrays.copyOfRange(pending, FrameType.HEADER_BYTES, end);
        System.arraycopy(pending, end, pending, 0, length - end);
        length -= end;
        return Optional.of(new Frame(type, payload, take(passed)));
    }

    private List<Descriptor> take(int count) {
        if (count > descriptors.size()) {
            throw refused("it announced " + count + " descriptors and sent " + descriptors.size());
        }
        List<Descriptor> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            taken.add(descriptors.removeFirst());
        }
        return taken;
    }

    /** Closes descriptors that no frame took. */
    @Override
    public void close() {
        descriptors.forEach(Descriptor::close);
        descriptors.clear();
    }

    private static FailureException refused(String what) {
        return new FailureException(
                FailureCode.USAGE, "client", what, "Use the troupe command of the same distribution");
    }
}
