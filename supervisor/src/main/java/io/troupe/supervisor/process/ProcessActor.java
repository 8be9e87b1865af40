package io.troupe.supervisor.process;

import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.host.ProcFs;
import io.troupe.syscall.Errno;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The process of a container, natively: watches its pidfd, signals it, lets it pass its gate, and removes what it leaves.
 * Reports to its owner, who decides what that means. What may block runs on a virtual thread.
 */
public final class ProcessActor extends AbstractBehavior<ProcessCommand> {
    /** A parent that has not waited for its child by then may never do so; on older kernels nobody else knows. */
    private static final Duration WAIT_DEADLINE = Duration.ofSeconds(5);

    private final ActorRef<ProcessReport> owner;
    private final Machine machine;
    private final TimerScheduler<ProcessCommand> timers;
    private @Nullable Watched watched;
    private final Freezing freezing;
    private final MemoryKills kills = new MemoryKills();
    private @Nullable Ahead ahead;
    private boolean atGate;
    private ProcessReport.@Nullable StartFailed failure;
    private ProcessReport.@Nullable Exited endBehindGate;

    /** A process under watch. */
    private record Watched(
            ProcessIdentity process,
            Footprint footprint,
            boolean thenRemoved,
            Pidfd pidfd,
            EventLoop.Registration registration) {}

    /** A removal that began at the end of the process, while its owner records that end and then asks for it. */
    private static final class Ahead {
        private boolean asked;
        private @Nullable List<String> leftovers;
    }

    private ProcessActor(
            ActorContext<ProcessCommand> context,
            TimerScheduler<ProcessCommand> timers,
            ActorRef<ProcessReport> owner,
            Machine machine) {
        super(context);
        this.timers = timers;
        this.owner = owner;
        this.machine = machine;
        this.freezing = new Freezing(machine.loop(), machine.systemd());
    }

    /** {@return the actor's behavior; it reports to {@code owner}} */
    public static Behavior<ProcessCommand> create(ActorRef<ProcessReport> owner, Machine machine) {
        return Behaviors.withTimers(
                timers -> Behaviors.setup(context -> new ProcessActor(context, timers, owner, machine)));
    }

    @Override
    public Receive<ProcessCommand> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::handle)
                .onSignal(PostStop.class, _ -> {
                    forget();
                    return this;
                })
                .build();
    }

    private Behavior<ProcessCommand> handle(ProcessCommand command) {
        switch (command) {
            case ProcessCommand.Watch(var process, var footprint, boolean thenRemoved, var pidfd) ->
                watch(process, footprint, thenRemoved, pidfd);
            case ProcessCommand.Reattach(var process, var footprint) -> reattach(process, footprint);
            case ProcessCommand.PidfdReady(var process, boolean waitedFor) -> ended(process, waitedFor);
            case ProcessCommand.ExitOverdue(var process) -> overdue(process);
            case ProcessCommand.Signal signal -> signal(signal);
            case ProcessCommand.Freeze freeze -> freezing.set(freeze);
            case ProcessCommand.SetLimits limits -> freezing.set(limits);
            case ProcessCommand.Release(var footprint) -> release(footprint);
            case ProcessCommand.CleanUp(var footprint) -> cleanUp(footprint);
            case ProcessCommand.RemovedAhead(var leftovers) -> removedAhead(leftovers);
            case ProcessCommand.Report(var report) -> heard(report);
        }
        return this;
    }

    private void report(ProcessReport report) {
        getContext().getSelf().tell(new ProcessCommand.Report(report));
    }

    // ---- the gate
    // ----------------------------------------------------------------------------------------------------

    private void release(Footprint footprint) {
        atGate = true;
        Gate.release(footprint, machine.loop(), this::report);
    }

    private void heard(ProcessReport report) {
        switch (report) {
            case ProcessReport.ProgramStarted _ -> passed(report);
            case ProcessReport.StartFailed failed -> failedAtGate(failed);
            case ProcessReport.GateUnreachable _ -> {
                // It could not tell why: then its end says more.
                tellEndBehindGate();
                passed(report);
            }
            case ProcessReport.Exited _, ProcessReport.Reattached _, ProcessReport.CleanedUp _ -> owner.tell(report);
        }
    }

    /** A process that has said so ends next: the owner hears of both together. */
    private void failedAtGate(ProcessReport.StartFailed report) {
        if (watched == null || failure != null) {
            failure = null;
            passed(report);
        } else {
            failure = report;
            timers.startSingleTimer(new ProcessCommand.Report(report), WAIT_DEADLINE);
        }
    }

    private void passed(ProcessReport report) {
        ProcessReport.Exited end = endBehindGate;
        atGate = false;
        if (end != null && report instanceof ProcessReport.StartFailed failed) {
            endBehindGate = null;
            owner.tell(new ProcessReport.StartFailed(failed.failure(), end));
        } else {
            owner.tell(report);
            tellEndBehindGate();
        }
    }

    private void tellEndBehindGate() {
        ProcessReport.Exited end = endBehindGate;
        endBehindGate = null;
        if (end != null) {
            owner.tell(end);
        }
    }

    /** What a process says at its gate comes before its end, although the end may be seen first. */
    private void tellEnd(ProcessReport.Exited end) {
        if (atGate) {
            endBehindGate = end;
        } else {
            owner.tell(end);
        }
    }

    // ---- watching
    // ----------------------------------------------------------------------------------------------------

    private void watch(ProcessIdentity process, Footprint footprint, boolean thenRemoved, Pidfd pidfd) {
        forget();
        try {
            ActorRef<ProcessCommand> self = getContext().getSelf();
            EventLoop.Registration registration = machine.loop()
                    .register(pidfd.descriptor(), EventLoop.Interest.READ, (watch, ready) -> {
                        silence(watch, ready);
                        self.tell(new ProcessCommand.PidfdReady(process, ready.hangUp()));
                    });
            watched = new Watched(process, footprint, thenRemoved, pidfd, registration);
            machine.park().put(process, pidfd);
            kills.follow(footprint, machine.loop());
        } catch (SyscallException problem) {
            getContext().getLog().error("cannot watch process {}: {}", process.pid(), problem.getMessage());
            pidfd.close();
            unknown("it could not be watched: " + problem.getMessage());
        }
    }

    /** A pidfd stays readable: from here on only its hang-up, that the parent has waited, is news. */
    private static void silence(EventLoop.Registration watch, EventLoop.Readiness ready) {
        try {
            if (ready.hangUp()) {
                watch.cancel();
            } else {
                watch.modify(EventLoop.Interest.NONE);
            }
        } catch (SyscallException problem) {
            watch.cancel();
        }
    }

    private void ended(ProcessIdentity process, boolean waitedFor) {
        Watched now = watched;
        if (now == null || !now.process().equals(process)) {
            return;
        }
        Optional<Endings.Seen> seen = look(now, "pidfd");
        if (seen.isPresent()) {
            finish(seen.get());
        } else if (waitedFor || isGone(now.pidfd())) {
            // Between the look and the question its parent may have waited: a newer kernel tells now.
            finish(look(now, "pidfd")
                    .orElseGet(() -> new Endings.Seen(
                            new ExitCause.Unknown("this kernel does not tell it to those who are not its parent"),
                            "none")));
        } else {
            timers.startSingleTimer(new ProcessCommand.ExitOverdue(process), WAIT_DEADLINE);
        }
    }

    /** Older kernels say by this alone that the parent has waited. */
    private boolean isGone(Pidfd pidfd) {
        try {
            return pidfd.send(0) == Pidfd.Delivery.PROCESS_GONE;
        } catch (SyscallException problem) {
            getContext().getLog().warn("{}", problem.getMessage());
            return false;
        }
    }

    private void overdue(ProcessIdentity process) {
        Watched now = watched;
        if (now != null && now.process().equals(process)) {
            finish(look(now, "pidfd")
                    .orElseGet(() -> new Endings.Seen(
                            new ExitCause.Unknown("its parent has not waited for it, and its zombie does not tell"),
                            "none")));
        }
    }

    private Optional<Endings.Seen> look(Watched now, String witness) {
        try {
            return Endings.look(now.process(), now.pidfd(), kills.around(now.process(), now.footprint()), witness);
        } catch (IOException problem) {
            getContext().getLog().warn("how process {} ended: {}", now.process().pid(), problem.getMessage());
            return Optional.empty();
        }
    }

    private void finish(Endings.Seen seen) {
        Watched now = watched;
        forget();
        if (now != null && now.thenRemoved()) {
            removeAhead(now.footprint()); // takes longest, so it comes first
        }
        if (now != null) {
            machine.park().drop(now.process());
        }
        ProcessReport.Exited end = new ProcessReport.Exited(seen.cause(), seen.witness());
        if (failure != null) {
            endBehindGate = end;
            failedAtGate(failure);
        } else {
            tellEnd(end);
        }
    }

    private void unknown(String reason) {
        owner.tell(new ProcessReport.Exited(new ExitCause.Unknown(reason), "none"));
    }

    private void forget() {
        timers.cancelAll();
        if (watched != null) {
            watched.registration().cancel();
            kills.forget();
            watched.pidfd().close();
            watched = null;
        }
    }

    // ---- after a restart
    // -----------------------------------------------------------------------------------------------

    private void reattach(ProcessIdentity process, Footprint footprint) {
        if (watched != null && watched.process().equals(process)) {
            owner.tell(new ProcessReport.Reattached(ProcFs.runsLauncher(process.pid()), freezing.look(footprint)));
            return;
        }
        if (!process.bootId().equals(machine.bootId())) {
            unknown("the host was started again since");
            return;
        }
        Optional<Pidfd> living = open(process);
        if (living.isPresent()) {
            // Before the watch, so that the owner hears of the life before the end.
            boolean atGate = ProcFs.runsLauncher(process.pid());
            owner.tell(new ProcessReport.Reattached(atGate, freezing.look(footprint)));
            watch(process, footprint, false, living.get());
            return;
        }
        Optional<Pidfd> parked = machine.park().take(process);
        if (parked.isEmpty()) {
            unknown("it ended while no supervisor watched");
            return;
        }
        try (Pidfd pidfd = parked.get()) {
            Endings.Seen seen = Endings.look(process, pidfd, kills.around(process, footprint), "park")
                    .orElseGet(() -> new Endings.Seen(
                            new ExitCause.Unknown(
                                    "it ended while no supervisor watched, and this kernel does not tell"),
                            "none"));
            owner.tell(new ProcessReport.Exited(seen.cause(), seen.witness()));
            machine.park().drop(process);
        } catch (IOException problem) {
            unknown("it ended while no supervisor watched: " + problem.getMessage());
        }
    }

    /** Opened first, then compared: a pid that changed hands in between shows by its start time. A zombie counts. */
    private Optional<Pidfd> open(ProcessIdentity process) {
        Pidfd pidfd = null;
        try {
            pidfd = Pidfd.open(process.pid());
            Optional<ProcFs.Stat> stat = ProcFs.stat(process.pid());
            if (stat.isPresent() && stat.get().startTicks() == process.startTicks()) {
                return Optional.of(pidfd);
            }
        } catch (SyscallException problem) {
            if (problem.errno() != Errno.ESRCH) {
                getContext().getLog().warn("process {}: {}", process.pid(), problem.getMessage());
            }
        } catch (IOException problem) {
            getContext().getLog().warn("process {}: {}", process.pid(), problem.getMessage());
        }
        if (pidfd != null) {
            pidfd.close();
        }
        return Optional.empty();
    }

    // ---- signals and removal
    // -----------------------------------------------------------------------------------------

    private void signal(ProcessCommand.Signal signal) {
        if (signal.signal() == Signals.SIGKILL) {
            kills.outlivedBy(signal.footprint());
        }
        if (signal.all()) {
            elsewhere(() -> signal.replyTo().tell(Deliveries.toAll(signal.footprint(), signal.signal())));
        } else {
            Watched now = watched;
            signal.replyTo().tell(now == null ? new Delivery.Gone() : Deliveries.toOne(now.pidfd(), signal.signal()));
        }
        if (signal.signal() == Signals.SIGKILL) {
            freezing.thawKilled(signal.footprint());
        }
    }

    private void cleanUp(Footprint footprint) {
        if (watched != null) {
            // Whoever saw the end first has asked; the cause may still be better known here, while the cgroup counts.
            look(watched, "pidfd").ifPresent(this::finish);
        }
        Ahead begun = ahead;
        if (begun == null) {
            elsewhere(() ->
                    report(new ProcessReport.CleanedUp(Removal.remove(footprint, machine.loop(), machine.systemd()))));
        } else if (begun.leftovers == null) {
            begun.asked = true;
        } else {
            ahead = null;
            owner.tell(new ProcessReport.CleanedUp(begun.leftovers));
        }
    }

    private void removeAhead(Footprint footprint) {
        ActorRef<ProcessCommand> self = getContext().getSelf();
        ahead = new Ahead();
        elsewhere(() -> self.tell(
                new ProcessCommand.RemovedAhead(Removal.remove(footprint, machine.loop(), machine.systemd()))));
    }

    private void removedAhead(List<String> leftovers) {
        Ahead begun = ahead;
        if (begun != null && begun.asked) {
            ahead = null;
            owner.tell(new ProcessReport.CleanedUp(leftovers));
        } else if (begun != null) {
            begun.leftovers = leftovers;
        }
    }

    /** For what may block: a cgroup's processes that take their time to end, a slow disk. */
    private static void elsewhere(Runnable work) {
        Thread.ofVirtual().name("process-work").start(work);
    }
}
