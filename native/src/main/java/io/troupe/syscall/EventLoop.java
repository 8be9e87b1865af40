package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The one thread that waits for descriptors ({@code epoll(7)}), level-triggered. Callbacks run on it and must be short;
 * what one of them throws goes to the handler given at construction, and the loop goes on. Everything public may be
 * called from any thread. It has no timers.
 */
public final class EventLoop implements Executor, AutoCloseable {
    private static final int MAX_EVENTS = 256;
    private static final long WAKE_TOKEN = 0;

    private final Descriptor epoll;
    private final Descriptor wake;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private final Map<Long, Registration> registrations = new ConcurrentHashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicLong tokens = new AtomicLong(WAKE_TOKEN);
    private final AtomicBoolean awake = new AtomicBoolean();
    /** Held for short calls only: what is accepted under it is done before the loop ends, and nothing is later. */
    private final Object gate = new Object();

    private volatile boolean closing;
    private boolean ended;

    /** What a registration waits for. A hang-up or an error is always reported. */
    public enum Interest {
        /** Only hang-up and error: of a pidfd, that the process has been waited for. */
        NONE(0),
        READ(EpollCalls.EPOLLIN),
        WRITE(EpollCalls.EPOLLOUT),
        READ_WRITE(EpollCalls.EPOLLIN | EpollCalls.EPOLLOUT);

        private final int events;

        Interest(int events) {
            this.events = events;
        }
    }

    /**
     * What is possible with a descriptor now.
     *
     * @param hangUp of a socket: the other end is gone in both directions; of a pidfd: the process was waited for
     * @param error an error is pending; the next call tells which
     */
    public record Readiness(boolean readable, boolean writable, boolean hangUp, boolean error) {
        static Readiness of(int events) {
            return new Readiness(
                    (events & EpollCalls.EPOLLIN) != 0,
                    (events & EpollCalls.EPOLLOUT) != 0,
                    (events & EpollCalls.EPOLLHUP) != 0,
                    (events & EpollCalls.EPOLLERR) != 0);
        }
    }

    /** Is called on the loop's thread, again and again as long as the descriptor is ready. */
    @FunctionalInterface
    public interface Callback {
        void ready(Registration registration, Readiness readiness);
    }

    /** One descriptor under watch. It ends by {@link #cancel} or when the descriptor is closed. */
    public final class Registration {
        private final long token;
        private final Descriptor descriptor;
        private final Callback callback;

        private Registration(long token, Descriptor descriptor, Callback callback) {
            this.token = token;
            this.descriptor = descriptor;
            this.callback = callback;
        }

        /** Changes what is waited for. Does nothing after {@link #cancel}. */
        public synchronized void modify(Interest interest) throws SyscallException {
            if (registrations.containsKey(token)) {
                control(EpollCalls.EPOLL_CTL_MOD, descriptor, interest, token);
            }
        }

        /**
         * Ends the watch; called on the loop's thread, no callback follows. From another thread one may be running.
         * Idempotent.
         */
        public synchronized void cancel() {
            if (registrations.remove(token) == null) {
                return;
            }
            descriptor.registered(null);
            synchronized (gate) {
                if (!ended) {
                    forget(descriptor, token);
                }
            }
        }
    }

    /**
     * Starts the loop.
     *
     * @param name of its thread
     * @param onFailure gets what callbacks throw, on the loop's thread; must not throw
     */
    public EventLoop(String name, Consumer<Throwable> onFailure) throws SyscallException {
        this.onFailure = onFailure;
        epoll = checked("epoll_create1(2)", EpollCalls.epoll_create1(EpollCalls.EPOLL_CLOEXEC));
        wake = checked(
                "eventfd(2)", DescriptorCalls.eventfd(0, DescriptorCalls.EFD_CLOEXEC | DescriptorCalls.EFD_NONBLOCK));
        control(EpollCalls.EPOLL_CTL_ADD, wake, Interest.READ, WAKE_TOKEN);
        thread = Thread.ofPlatform().name(name).daemon(true).start(this::run);
    }

    /**
     * Watches a descriptor, which stays the caller's. A descriptor is registered once at a time.
     *
     * @throws SyscallException EEXIST if it is registered already, EPERM if its kind cannot be waited for
     * @throws RejectedExecutionException once the loop has ended
     */
    public Registration register(Descriptor descriptor, Interest interest, Callback callback) throws SyscallException {
        Registration registration = new Registration(tokens.incrementAndGet(), descriptor, callback);
        synchronized (registration) {
            registrations.put(registration.token, registration);
            try {
                control(EpollCalls.EPOLL_CTL_ADD, descriptor, interest, registration.token);
            } catch (SyscallException | RejectedExecutionException e) {
                registrations.remove(registration.token);
                throw e;
            }
            descriptor.registered(registration);
        }
        return registration;
    }

    /** Runs a task on the loop's thread, in the order of the calls. Refused once the loop is closed, and only then. */
    @Override
    public void execute(Runnable task) {
        synchronized (gate) {
            if (closing) {
                throw closed();
            }
            tasks.add(task);
            wakeUp();
        }
    }

    private static RejectedExecutionException closed() {
        return new RejectedExecutionException("the event loop is closed");
    }

    /** {@return whether the caller is on the loop's thread} */
    public boolean isCurrentThread() {
        return Thread.currentThread().equals(thread);
    }

    /** Ends the loop after the tasks that were given to it. Registrations are forgotten; descriptors stay open. */
    @Override
    public void close() {
        synchronized (gate) {
            if (!closing) {
                closing = true;
                wakeUp();
            }
        }
    }

    private void wakeUp() {
        if (!awake.compareAndSet(false, true)) {
            return;
        }
        try (Memory one = new Memory(Long.BYTES)) {
            one.setLong(0, 1);
            if (DescriptorCalls.write(wake.number(), one, Long.BYTES) < 0) {
                throw new IllegalStateException("write(2) on an eventfd: " + Errno.describe(Native.getLastError()));
            }
        }
    }

    private void run() {
        try (Memory events = new Memory((long) MAX_EVENTS * EpollCalls.EVENT_SIZE)) {
            do {
                int ready = EpollCalls.epoll_wait(epoll.number(), events, MAX_EVENTS, -1);
                if (ready < 0) {
                    failedToWait(Native.getLastError());
                }
                for (int index = 0; index < ready; index++) {
                    dispatch(events, (long) index * EpollCalls.EVENT_SIZE);
                }
                runTasks();
            } while (!closing);
            runTasks();
        } finally {
            end();
        }
    }

    private void end() {
        synchronized (gate) {
            closing = true;
            ended = true;
            registrations.values().forEach(registration -> registration.descriptor.registered(null));
            registrations.clear();
            epoll.close();
            wake.close();
        }
    }

    private void dispatch(Memory events, long offset) {
        long token = events.getLong(offset + EpollCalls.DATA_OFFSET);
        if (token == WAKE_TOKEN) {
            drainWake();
            return;
        }
        Registration registration = registrations.get(token);
        if (registration != null) {
            Readiness readiness = Readiness.of(events.getInt(offset));
            guarded(() -> registration.callback.ready(registration, readiness));
        }
    }

    private void drainWake() {
        try (Memory count = new Memory(Long.BYTES)) {
            if (DescriptorCalls.read(wake.number(), count, Long.BYTES) < 0) {
                failedToWait(Native.getLastError());
            }
        }
        awake.set(false);
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
    }

    @SuppressWarnings("CatchThrowable") // one broken callback must not take the others with it
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            onFailure.accept(failure);
        }
    }

    private void failedToWait(int number) {
        Errno errno = Errno.of(number);
        if (errno != Errno.EINTR && errno != Errno.EAGAIN) {
            throw new IllegalStateException("the event loop cannot wait: " + Errno.describe(number));
        }
    }

    private void control(int operation, Descriptor descriptor, Interest interest, long token) throws SyscallException {
        try (Memory event = new Memory(EpollCalls.EVENT_SIZE)) {
            event.setInt(0, interest.events);
            event.setLong(EpollCalls.DATA_OFFSET, token);
            synchronized (gate) {
                if (ended) {
                    throw closed();
                }
                if (EpollCalls.epoll_ctl(epoll.number(), operation, descriptor.number(), event) < 0) {
                    throw new SyscallException("epoll_ctl(2)", descriptor.toString(), Native.getLastError());
                }
            }
        }
    }

    private void forget(Descriptor descriptor, long token) {
        try {
            control(EpollCalls.EPOLL_CTL_DEL, descriptor, Interest.NONE, token);
        } catch (SyscallException e) {
            onFailure.accept(e);
        }
    }

    private static Descriptor checked(String call, int number) throws SyscallException {
        if (number < 0) {
            throw new SyscallException(call, "a new descriptor", Native.getLastError());
        }
        return new Descriptor(number);
    }
}
