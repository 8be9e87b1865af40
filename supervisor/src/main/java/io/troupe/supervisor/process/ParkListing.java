package io.troupe.supervisor.process;

import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.UnixChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Asks a park for all that it keeps, at a supervisor's start, before anything else is said to it. */
final class ParkListing {
    private static final int LIST = 130;
    private static final int ITEM = 131;
    private static final int END = 132;
    private static final int HEADER_BYTES = 8;
    private static final int PATIENCE_MILLIS = 5_000;

    private ParkListing() {}

    /** Fills {@code into}, which owns the pidfds then. Blocks for 5 s at most. */
    static void read(UnixChannel park, EventLoop loop, Map<String, Pidfd> into) throws IOException {
        byte[] ask = ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0)
                .putShort((short) LIST)
                .putShort((short) 0)
                .array();
        park.send(ask, 0, ask.length, List.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deque<Descriptor> descriptors = new ArrayDeque<>();
        byte[] buffer = new byte[16 * 1024];
        try {
            while (!take(bytes, descriptors, into)) {
                awaitReadable(park, loop);
                List<Descriptor> received = new ArrayList<>();
                int count = park.receive(buffer, received);
                descriptors.addAll(received);
                if (count < 0) {
                    throw new IOException("the park ended");
                }
                bytes.write(buffer, 0, count);
            }
        } finally {
            descriptors.forEach(Descriptor::close);
        }
    }

    private static void awaitReadable(UnixChannel park, EventLoop loop) throws IOException {
        CompletableFuture<Void> readable = new CompletableFuture<>();
        loop.register(park.descriptor(), EventLoop.Interest.READ, (watch, _) -> {
            watch.cancel();
            readable.complete(null);
        });
        try {
            readable.orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join();
        } catch (CompletionException problem) {
            throw new IOException("the park does not answer within " + PATIENCE_MILLIS + " ms", problem);
        }
    }

    /** Takes whole frames off the bytes. */
    private static boolean take(ByteArrayOutputStream bytes, Deque<Descriptor> descriptors, Map<String, Pidfd> into)
            throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.reset();
        while (in.remaining() >= HEADER_BYTES && in.remaining() >= HEADER_BYTES + in.getInt(in.position())) {
            in.getInt();
            int type = in.getShort();
            in.getShort();
            if (type == END) {
                return true;
            }
            Descriptor pidfd = descriptors.pollFirst();
            if (type != ITEM || pidfd == null) {
                throw new IOException("the park sent a frame of type " + type);
            }
            byte[] key = new byte[in.getInt()];
            in.get(key);
            into.put(new String(key, StandardCharsets.UTF_8), Pidfd.of(pidfd));
        }
        bytes.write(in.array(), in.position(), in.remaining());
        return false;
    }
}
