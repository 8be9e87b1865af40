package io.troupe.supervisor.process;

import io.troupe.syscall.Errno;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.SyscallException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The park that the native program is with {@code --park}: a process that outlives the supervisor and keeps pidfds. One
 * thread speaks to it, so that no container waits for it. It is started when there is first something to keep, and again
 * when it ends; the new one gets what the old one had. If none can be had, that is logged, and exits while no supervisor
 * runs are then unknown.
 */
public final class ParkClient implements Park, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ParkClient.class);
    /** A park that ends as soon as it is started must not keep us busy. */
    private static final int MOST_ATTEMPTS = 5;

    private static final Duration ATTEMPTS_WITHIN = Duration.ofMinutes(1);

    private final Path binary;
    private final Path socket;
    private final EventLoop loop;
    /** Of an earlier supervisor's, by key, until they are asked for. */
    private final Map<String, Pidfd> inherited = new ConcurrentHashMap<>();

    private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private volatile @Nullable ParkLink link;

    // Of the worker alone.
    private final Map<String, Pidfd> kept = new HashMap<>();
    private final Set<String> parked = new HashSet<>();
    private final Deque<Long> attempts = new ArrayDeque<>();
    private boolean told;

    private final Thread worker;

    private sealed interface Order {
        record Put(String key, Pidfd pidfd) implements Order {}

        record Drop(String key) implements Order {}

        record Lost(ParkLink link) implements Order {}

        record Pid(CompletableFuture<OptionalInt> answer) implements Order {}

        record End() implements Order {}
    }

    /**
     * Takes back what an earlier supervisor left, if a park runs.
     *
     * @param binary the native program
     * @param socket the park's, in the run directory; absolute
     * @param loop waits for what the park says
     */
    public ParkClient(Path binary, Path socket, EventLoop loop) {
        this.binary = binary;
        this.socket = socket;
        this.loop = loop;
        try {
            ParkLink found = ParkLink.open(socket, loop);
            use(found);
            inherited.putAll(found.list());
            parked.addAll(inherited.keySet());
        } catch (IOException problem) {
            if (isNobody(problem)) {
                LOG.debug("no park yet: {}", problem.getMessage());
            } else {
                LOG.warn("what the park kept is lost: {}", problem.getMessage());
                disconnect();
            }
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
        release(key(process));
    }

    @Override
    public void drop(ProcessIdentity process) {
        release(key(process));
        orders.add(new Order.Drop(key(process)));
    }

    @Override
    public Optional<Pidfd> take(ProcessIdentity process) {
        return Optional.ofNullable(inherited.remove(key(process)));
    }

    /** Drops what an earlier supervisor left and nobody has taken, once all who could have been asked. */
    public void forgetUnclaimed() {
        for (String key : List.copyOf(inherited.keySet())) {
            LOG.info("the park kept process {}, which no container has", key);
            release(key);
            orders.add(new Order.Drop(key));
        }
    }

    /** {@return the pid of the park in use; empty if there is none} Waits for one that is being started. */
    public OptionalInt pid() {
        Order.Pid asked = new Order.Pid(new CompletableFuture<>());
        orders.add(asked);
        return asked.answer()
                .completeOnTimeout(pidNow(), ParkLink.PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private OptionalInt pidNow() {
        ParkLink now = link;
        return now == null ? OptionalInt.empty() : OptionalInt.of(now.pid());
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
        List.copyOf(inherited.keySet()).forEach(this::release);
    }

    private static String key(ProcessIdentity process) {
        return process.bootId() + "/" + process.pid() + "/" + process.startTicks();
    }

    private void release(String key) {
        Pidfd pidfd = inherited.remove(key);
        if (pidfd != null) {
            pidfd.close();
        }
    }

    // ---- the worker

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
            kept.values().forEach(Pidfd::close);
            kept.clear();
        }
    }

    private void obey(Order order) {
        try {
            switch (order) {
                case Order.Put(String key, Pidfd pidfd) -> put(key, pidfd);
                case Order.Drop(String key) -> drop(key);
                case Order.Lost(ParkLink lost) -> lost(lost);
                case Order.Pid(var answer) -> answer.complete(pidNow());
                case Order.End _ -> {}
            }
        } catch (IOException problem) {
            LOG.warn("the park does not answer, and another one is tried: {}", problem.getMessage());
            disconnect();
            connect();
        }
    }

    private void put(String key, Pidfd pidfd) throws IOException {
        // Most processes end at once: what is to be dropped again need not be sent.
        if (!parked.contains(key) && orders.remove(new Order.Drop(key))) {
            pidfd.close();
            return;
        }
        Pidfd before = kept.put(key, pidfd);
        if (before != null) {
            before.close();
        }
        ParkLink park = connect();
        if (park != null && parked.add(key)) {
            park.put(key, pidfd);
        }
    }

    private void drop(String key) throws IOException {
        Pidfd pidfd = kept.remove(key);
        if (pidfd != null) {
            pidfd.close();
        }
        ParkLink park = link;
        if (parked.remove(key) && park != null) {
            park.drop(key);
        }
    }

    private void lost(ParkLink lost) {
        if (lost.equals(link)) {
            disconnect();
            if (!kept.isEmpty() || !inherited.isEmpty()) {
                LOG.warn("the park, pid {}, has ended, and another one is started", lost.pid());
                connect();
            }
        }
    }

    // ---- the connection

    private void use(ParkLink fresh) {
        link = fresh;
        var _ = fresh.ended().thenRun(() -> orders.add(new Order.Lost(fresh)));
    }

    private void disconnect() {
        ParkLink now = link;
        if (now != null) {
            link = null;
            parked.clear();
            now.close();
        }
    }

    /** {@return a connection to a park that keeps what it should; null if there is none to be had now} */
    private @Nullable ParkLink connect() {
        boolean again = true;
        while (link == null && again && mayTry()) {
            again = tryOnce();
        }
        return link;
    }

    /** {@return whether it failed in a way that may be over: a park may end just when it is found} */
    private boolean tryOnce() {
        try {
            use(reach());
            agree();
            told = false;
            return false;
        } catch (IOException problem) {
            disconnect();
            tellOnce(problem);
            return !(problem instanceof SocketTimeoutException);
        }
    }

    private boolean mayTry() {
        long now = System.nanoTime();
        attempts.removeIf(at -> now - at > ATTEMPTS_WITHIN.toNanos());
        return attempts.size() < MOST_ATTEMPTS && attempts.add(now);
    }

    private void tellOnce(IOException problem) {
        if (!told) {
            told = true;
            LOG.warn(
                    "no park at {}: how processes end while no supervisor runs will be unknown: {}",
                    socket,
                    problem.getMessage());
        }
    }

    /** Sends what the park has not got, and drops what it should not have. */
    private void agree() throws IOException {
        ParkLink park = link;
        if (park == null) {
            return;
        }
        Map<String, Pidfd> listed = park.list();
        listed.values().forEach(Pidfd::close);
        parked.addAll(listed.keySet());
        for (String key : listed.keySet()) {
            if (!kept.containsKey(key) && !inherited.containsKey(key)) {
                parked.remove(key);
                park.drop(key);
            }
        }
        for (Map.Entry<String, Pidfd> each : kept.entrySet()) {
            if (parked.add(each.getKey())) {
                park.put(each.getKey(), each.getValue());
            }
        }
        for (String key : inherited.keySet()) {
            if (parked.add(key)) {
                pass(park, key);
            }
        }
    }

    /** A copy, made while nobody can take the original and close it. */
    private void pass(ParkLink park, String key) throws IOException {
        Pidfd[] copy = new Pidfd[1];
        inherited.computeIfPresent(key, (_, pidfd) -> {
            try {
                copy[0] = pidfd.duplicate();
            } catch (SyscallException problem) {
                LOG.warn("process {} cannot be parked again: {}", key, problem.getMessage());
            }
            return pidfd;
        });
        try (Pidfd pidfd = copy[0]) {
            if (pidfd != null) {
                park.put(key, pidfd);
            }
        }
    }

    private ParkLink reach() throws IOException {
        try {
            return ParkLink.open(socket, loop);
        } catch (SyscallException problem) {
            if (!isNobody(problem)) {
                throw problem;
            }
            return start();
        }
    }

    private static boolean isNobody(IOException problem) {
        return problem instanceof SyscallException call
                && (call.errno() == Errno.ENOENT || call.errno() == Errno.ECONNREFUSED);
    }

    /** The new park lives as long as its standard input is open, or somebody is connected, or it keeps something. */
    private ParkLink start() throws IOException {
        Process park = new ProcessBuilder(binary.toString(), "--park", socket.toString())
                .redirectErrorStream(true)
                .directory(Path.of("/").toFile())
                .start();
        try (OutputStream _ = park.getOutputStream();
                BufferedReader out =
                        new BufferedReader(new InputStreamReader(park.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (!"READY".equals(line)) {
                throw new IOException(line == null ? binary + " --park ended at once" : line);
            }
            return ParkLink.open(socket, loop);
        }
    }
}
