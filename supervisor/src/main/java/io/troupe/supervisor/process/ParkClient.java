package io.troupe.supervisor.process;

import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.SyscallException;
import io.troupe.syscall.UnixChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The park that the native program is with {@code --park}: a process that outlives the supervisor and keeps pidfds. One
 * thread speaks to it, so that no container waits for it; it is started when there is first something to keep. If it
 * cannot be had, that is logged once, and exits while no supervisor runs are then unknown.
 */
public final class ParkClient implements Park, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ParkClient.class);
    private static final int PUT = 128;
    private static final int DROP = 129;
    private static final int HEADER_BYTES = 8;

    private final Path binary;
    private final Path socket;
    private final Map<String, Pidfd> inherited = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final Thread worker;
    private @Nullable UnixChannel channel;
    private boolean unavailable;

    private sealed interface Order {
        record Put(String key, Pidfd pidfd) implements Order {}

        record Drop(String key) implements Order {}

        record End() implements Order {}
    }

    /**
     * Takes back what an earlier supervisor left, if a park runs.
     *
     * @param binary the native program
     * @param socket the park's, in the run directory
     * @param loop waits for the park's first answer
     */
    public ParkClient(Path binary, Path socket, EventLoop loop) {
        this.binary = binary;
        this.socket = socket;
        try {
            channel = UnixChannel.connect(socket);
            ParkListing.read(channel, loop, inherited);
        } catch (SyscallException problem) {
            LOG.debug("no park yet: {}", problem.getMessage());
        } catch (IOException problem) {
            LOG.warn("what the park kept is lost: {}", problem.getMessage());
        }
        worker = Thread.ofVirtual().name("park").start(this::work);
    }

    @Override
    public void put(ProcessIdentity process, Pidfd pidfd) {
        try {
            orders.add(new Order.Put(key(process), pidfd.duplicate()));
        } catch (SyscallException problem) {
            LOG.warn("process {} cannot be parked: {}", process.pid(), problem.getMessage());
        }
    }

    @Override
    public void drop(ProcessIdentity process) {
        Pidfd kept = inherited.remove(key(process));
        if (kept != null) {
            kept.close();
        }
        orders.add(new Order.Drop(key(process)));
    }

    @Override
    public Optional<Pidfd> take(ProcessIdentity process) {
        return Optional.ofNullable(inherited.remove(key(process)));
    }

    /** Ends the connection; what is parked stays for the next supervisor. */
    @Override
    public void close() {
        orders.add(new Order.End());
        try {
            worker.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        inherited.values().forEach(Pidfd::close);
        inherited.clear();
    }

    private static String key(ProcessIdentity process) {
        return process.bootId() + "/" + process.pid() + "/" + process.startTicks();
    }

    private void work() {
        try {
            while (true) {
                Order order = orders.take();
                if (order instanceof Order.End) {
                    break;
                }
                obey(order);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private void obey(Order order) {
        try {
            switch (order) {
                case Order.Put(String key, Pidfd pidfd) -> {
                    try (pidfd) {
                        // Most processes end at once: what is to be dropped again need not be sent.
                        if (!orders.remove(new Order.Drop(key))) {
                            send(frame(PUT, key, 1), List.of(pidfd.descriptor()), true);
                        }
                    }
                }
                case Order.Drop(String key) -> send(frame(DROP, key, 0), List.of(), false);
                case Order.End _ -> {}
            }
        } catch (IOException problem) {
            disconnect();
            LOG.warn("the park does not answer: {}", problem.getMessage());
        }
    }

    private void send(byte[] frame, List<Descriptor> descriptors, boolean start) throws IOException {
        UnixChannel park = connected(start);
        if (park != null && park.send(frame, 0, frame.length, descriptors) != frame.length) {
            throw new IOException("its socket is full");
        }
    }

    private @Nullable UnixChannel connected(boolean start) throws IOException {
        if (channel == null && start && !unavailable) {
            try {
                startPark();
                channel = UnixChannel.connect(socket);
            } catch (IOException problem) {
                unavailable = true;
                LOG.warn(
                        "no park: how processes end while no supervisor runs will be unknown: {}",
                        problem.getMessage());
            }
        }
        return channel;
    }

    private void startPark() throws IOException {
        Process park = new ProcessBuilder(binary.toString(), "--park", socket.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(Path.of("/").toFile())
                .start();
        park.getOutputStream().close();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(park.getInputStream(), StandardCharsets.UTF_8))) {
            if (out.readLine() == null) {
                throw new IOException(binary + " --park ended at once");
            }
        }
    }

    private void disconnect() {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    private static byte[] frame(int type, String key, int descriptors) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Integer.BYTES + text.length)
                .putShort((short) type)
                .putShort((short) descriptors)
                .putInt(text.length)
                .put(text)
                .array();
    }
}
