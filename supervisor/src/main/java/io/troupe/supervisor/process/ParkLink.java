package io.troupe.supervisor.process;

import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.SyscallException;
import io.troupe.syscall.UnixChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a park that has welcomed us; {@code contract.h} has the frames, {@code park.c} the order of them. One
 * thread at a time uses it, and is blocked for 5 s at most where the park is slow.
 */
final class ParkLink implements AutoCloseable {
    private static final int PUT = 128;
    private static final int DROP = 129;
    private static final int LIST = 130;
    private static final int ITEM = 131;
    private static final int END = 132;
    private static final int HELLO = 133;
    private static final int WELCOME = 134;
    private static final int HEADER_BYTES = 8;
    private static final int MOST_PAYLOAD_BYTES = 8 * 1024;
    static final int PATIENCE_SECONDS = 5;

    /** What the park said; the key and the pidfd are an ITEM's. Null for a type it never says: it hung up. */
    private record Said(
            int type, @Nullable String key, @Nullable Pidfd pidfd) {
        static final Said NOTHING_MORE = new Said(0, null, null);
    }

    private final UnixChannel channel;
    private final EventLoop loop;
    private final LinkedBlockingQueue<Said> said = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final EventLoop.Registration registration;
    private volatile CompletableFuture<Void> writable = new CompletableFuture<>();

    // Of the loop's thread alone.
    private final byte[] buffer = new byte[16 * 1024];
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Deque<Descriptor> descriptors = new ArrayDeque<>();

    private ParkLink(UnixChannel channel, EventLoop loop) throws SyscallException {
        this.channel = channel;
        this.loop = loop;
        this.registration = loop.register(channel.descriptor(), EventLoop.Interest.READ, this::ready);
    }

    /**
     * Connects, and waits for its turn: a park serves one supervisor at a time.
     *
     * @throws SyscallException ENOENT, ECONNREFUSED if there is no park
     * @throws SocketTimeoutException if it serves another supervisor, or does not answer
     * @throws IOException if it hangs up
     */
    static ParkLink open(Path socket, EventLoop loop) throws IOException {
        UnixChannel channel = UnixChannel.connect(socket);
        ParkLink link;
        try {
            link = new ParkLink(channel, loop);
        } catch (SyscallException | RuntimeException problem) {
            channel.close();
            throw problem;
        }
        try {
            link.send(frame(HELLO, new byte[0], 0), List.of());
            link.expect(WELCOME);
            return link;
        } catch (IOException problem) {
            link.close();
            throw problem;
        }
    }

    /** {@return completed when the park has hung up} */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** {@return the park's pid, as the kernel told when it began to listen} */
    int pid() {
        return channel.peer().pid();
    }

    /** {@return all that it keeps; the pidfds are the caller's} */
    Map<String, Pidfd> list() throws IOException {
        send(frame(LIST, new byte[0], 0), List.of());
        Map<String, Pidfd> items = new HashMap<>();
        try {
            for (Said next = next(); next.type() != END; next = next()) {
                if (next.key() == null || next.pidfd() == null) {
                    throw new IOException("the park said " + next.type() + " in a listing");
                }
                items.put(next.key(), next.pidfd());
            }
        } catch (IOException problem) {
            items.values().forEach(Pidfd::close);
            throw problem;
        }
        return items;
    }

    /** Keeps a copy of the pidfd, which stays the caller's. */
    void put(String key, Pidfd pidfd) throws IOException {
        send(frame(PUT, keyed(key), 1), List.of(pidfd.descriptor()));
    }

    void drop(String key) throws IOException {
        send(frame(DROP, keyed(key), 0), List.of());
    }

    /** Ends the connection; what is kept stays. On the loop's thread, which may be reading from it. */
    @Override
    public void close() {
        try {
            loop.execute(this::closeAll);
        } catch (RejectedExecutionException _) {
            closeAll();
        }
    }

    private void closeAll() {
        registration.cancel();
        channel.close();
        descriptors.forEach(Descriptor::close);
        for (Said left = said.poll(); left != null; left = said.poll()) {
            if (left.pidfd() != null) {
                left.pidfd().close();
            }
        }
    }

    // ---- what we say

    private void send(byte[] frame, List<Descriptor> with) throws IOException {
        int sent = 0;
        while (sent < frame.length) {
            int count = channel.send(frame, sent, frame.length - sent, sent == 0 ? with : List.of());
            if (count == 0) {
                awaitRoom();
            }
            sent += count;
        }
    }

    private void awaitRoom() throws IOException {
        CompletableFuture<Void> room = new CompletableFuture<>();
        writable = room;
        registration.modify(EventLoop.Interest.READ_WRITE);
        try {
            CompletableFuture.anyOf(room, ended).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException _) {
            throw new SocketTimeoutException("it takes nothing for " + PATIENCE_SECONDS + " s");
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private static byte[] keyed(String key) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private static byte[] frame(int type, byte[] payload, int descriptors) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putShort((short) type)
                .putShort((short) descriptors)
                .put(payload)
                .array();
    }

    // ---- what the park says

    private void expect(int type) throws IOException {
        Said next = next();
        if (next.type() != type) {
            throw new IOException("the park said " + next.type() + " where " + type + " was due");
        }
    }

    private Said next() throws IOException {
        try {
            Said next = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new SocketTimeoutException("pid " + pid() + " does not answer, or serves another supervisor");
            }
            if (next.equals(Said.NOTHING_MORE)) {
                throw new IOException("pid " + pid() + " hung up");
            }
            return next;
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new IOException("interrupted");
    }

    private void ready(EventLoop.Registration watch, EventLoop.Readiness readiness) {
        try {
            if (readiness.writable()) {
                watch.modify(EventLoop.Interest.READ);
                writable.complete(null);
            }
            if (!receive()) {
                end(watch);
            }
        } catch (IOException problem) {
            end(watch);
        }
    }

    private void end(EventLoop.Registration watch) {
        watch.cancel();
        said.add(Said.NOTHING_MORE);
        ended.complete(null);
    }

    /** {@return whether there may be more} */
    private boolean receive() throws IOException {
        List<Descriptor> received = new ArrayList<>(1);
        int count = channel.receive(buffer, received);
        descriptors.addAll(received);
        if (count > 0) {
            bytes.write(buffer, 0, count);
            takeFrames();
        }
        return count >= 0;
    }

    /** Takes whole frames off the bytes. */
    private void takeFrames() throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.reset();
        while (in.remaining() >= HEADER_BYTES && in.remaining() - HEADER_BYTES >= length(in)) {
            int length = in.getInt();
            int type = in.getShort();
            in.getShort();
            said.add(type == ITEM ? item(in.slice(in.position(), length)) : new Said(type, null, null));
            in.position(in.position() + length);
        }
        bytes.write(in.array(), in.position(), in.remaining());
    }

    private static int length(ByteBuffer in) throws IOException {
        int length = in.getInt(in.position());
        if (length < 0 || length > MOST_PAYLOAD_BYTES) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return length;
    }

    private Said item(ByteBuffer payload) throws IOException {
        Descriptor pidfd = descriptors.pollFirst();
        if (pidfd == null || payload.remaining() < Integer.BYTES) {
            throw new IOException("an item without a pidfd or a key");
        }
        byte[] key = new byte[payload.remaining() - Integer.BYTES];
        payload.get(Integer.BYTES, key);
        return new Said(ITEM, new String(key, StandardCharsets.UTF_8), Pidfd.of(pidfd));
    }
}
