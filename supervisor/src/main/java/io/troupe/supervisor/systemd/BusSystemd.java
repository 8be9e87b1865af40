package io.troupe.supervisor.systemd;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.freedesktop.dbus.errors.NoReply;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * systemd by D-Bus. Each request runs on a virtual thread of its own with a deadline; one that is not answered by then
 * fails, and so does the connection: a systemd that hangs is nothing to those who do not ask for it.
 */
public final class BusSystemd implements Systemd, AutoCloseable {
    private static final String MODE = "replace";
    private static final String DONE = "done";
    private static final String REMEDY = "Look at \"systemctl status\", or leave out --systemd-cgroup";

    /** What every scope of ours has, as runc's have; one that failed is forgotten like one that ended well. */
    private static final List<Property> ALWAYS = List.of(
            new Property.Flag("Delegate", true),
            new Property.Flag("DefaultDependencies", false),
            new Property.Flag("MemoryAccounting", true),
            new Property.Flag("CPUAccounting", true),
            new Property.Flag("IOAccounting", true),
            new Property.Flag("TasksAccounting", true),
            new Property.Text("CollectMode", "inactive-or-failed"));

    private final BusPlace place;
    private final Duration deadline;
    private final AtomicReference<@Nullable Bus> current = new AtomicReference<>();
    private final ReentrantLock opening = new ReentrantLock();
    private final Map<String, CompletableFuture<String>> jobs = new ConcurrentHashMap<>();
    private volatile @Nullable String cgroup;

    /**
     * Connects to nothing yet.
     *
     * @param deadline of each request
     */
    public BusSystemd(BusPlace place, Duration deadline) {
        this.place = place;
        this.deadline = deadline;
    }

    /** What is asked of the bus; may be interrupted. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Bus bus) throws DBusException, InterruptedException, ExecutionException;
    }

    @Override
    public String cgroup() {
        String known = cgroup;
        if (known == null) {
            String told = answer("its cgroup", bus -> bus.text("ControlGroup"));
            known = told.equals("/") ? "" : told;
            cgroup = known;
        }
        return known;
    }

    @Override
    public void start(Scope scope, int pid) {
        String unit = scope.name().unit();
        List<Property> wanted = new ArrayList<>(ALWAYS);
        wanted.add(new Property.Text("Description", scope.description()));
        wanted.add(new Property.Text("Slice", scope.name().slice()));
        wanted.addAll(scope.properties());
        String result = answer("unit " + unit, bus -> {
            List<Manager.UnitProperty> properties = new ArrayList<>(Bus.wire(wanted));
            properties.add(Bus.processes(pid));
            return job(unit, () -> bus.manager().StartTransientUnit(unit, MODE, properties, List.of()));
        });
        if (!result.equals(DONE)) {
            throw failure("unit " + unit, "systemd did not make it: its job ended as \"" + result + "\"");
        }
    }

    @Override
    public boolean has(String unit) {
        return answer("unit " + unit, bus -> bus.has(unit));
    }

    @Override
    public void set(String unit, List<Property> properties) {
        answer("unit " + unit, bus -> {
            bus.manager().SetUnitProperties(unit, true, Bus.wire(properties));
            return bus.text("ControlGroup"); // what it has to write, it writes before it answers the next question
        });
    }

    @Override
    public void stop(String unit) {
        answer("unit " + unit, bus -> {
            try {
                return job(unit, () -> bus.manager().StopUnit(unit, MODE));
            } catch (DBusExecutionException refused) {
                // The library does not tell the kind of a refusal.
                if (bus.has(unit)) {
                    throw refused;
                }
                return DONE;
            }
        });
    }

    /** {@return the result of the unit's job that {@code request} makes, once the job has ended} */
    private String job(String unit, Runnable request) throws InterruptedException, ExecutionException {
        CompletableFuture<String> result = new CompletableFuture<>();
        if (jobs.putIfAbsent(unit, result) != null) {
            throw failure("unit " + unit, "systemd is at work on it");
        }
        try {
            request.run();
            return result.get();
        } finally {
            jobs.remove(unit);
        }
    }

    private void ended(String unit, String result) {
        CompletableFuture<String> waiting = jobs.get(unit);
        if (waiting != null) {
            waiting.complete(result);
        }
    }

    private void lost(String reason) {
        current.set(null);
        jobs.values()
                .forEach(job -> job.completeExceptionally(failure("systemd", "the connection to it broke: " + reason)));
    }

    private <T> T answer(String where, Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread asking = Thread.ofVirtual().name("systemd").start(() -> {
            try {
                answer.complete(question.ask(bus()));
            } catch (Exception problem) {
                answer.completeExceptionally(problem);
            }
        });
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            asking.interrupt();
            drop();
            throw failure(where, "systemd did not answer within " + deadline.toSeconds() + " s");
        } catch (InterruptedException _) {
            asking.interrupt();
            Thread.currentThread().interrupt();
            throw failure(where, "waiting for systemd was interrupted");
        } catch (ExecutionException problem) {
            throw told(where, problem.getCause());
        }
    }

    private static FailureException told(String where, @Nullable Throwable problem) {
        return switch (problem) {
            case FailureException failure -> failure;
            case ExecutionException nested -> told(where, nested.getCause());
            case NoReply _ -> failure(where, "systemd did not answer in time");
            case DBusExecutionException refused -> failure(where, "systemd says: " + clause(refused.getMessage()));
            case null, default ->
                failure(where, "systemd cannot be asked: " + (problem == null ? "" : problem.getMessage()));
        };
    }

    /** Failures put a stop of their own behind it. */
    private static String clause(@Nullable String sentence) {
        return sentence == null ? "" : sentence.replaceFirst("\\.$", "");
    }

    private static FailureException failure(String where, String what) {
        return new FailureException(FailureCode.SYSTEM, where, what, REMEDY);
    }

    private Bus bus() throws DBusException, InterruptedException {
        Bus open = current.get();
        if (open != null && open.isConnected()) {
            return open;
        }
        opening.lockInterruptibly();
        try {
            Bus meanwhile = current.get();
            if (meanwhile != null && meanwhile.isConnected()) {
                return meanwhile;
            }
            Bus fresh = Bus.open(place, this::ended, this::lost);
            current.set(fresh);
            return fresh;
        } finally {
            opening.unlock();
        }
    }

    /** Closing may wait for the other side as well, which is not for who has waited already. */
    private void drop() {
        Bus open = current.getAndSet(null);
        if (open != null) {
            Thread.ofVirtual().name("systemd-close").start(open::close);
        }
    }

    @Override
    public void close() {
        drop();
    }
}
