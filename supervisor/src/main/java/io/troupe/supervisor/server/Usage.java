package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.IntelRdt;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.host.CgroupStatistics;
import io.troupe.supervisor.host.Cpusets;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.host.OutOfMemory;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.host.ResctrlStatistics;
import io.troupe.supervisor.registry.Registry;
import io.troupe.syscall.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a container uses, once or at intervals, and when it runs out of memory: the events of runc. */
final class Usage {
    private final Containers containers;
    private final Registry registry;
    private final LiveHost host;
    private final EventLoop loop;

    Usage(Containers containers, Registry registry, LiveHost host, EventLoop loop) {
        this.containers = containers;
        this.registry = registry;
        this.host = host;
        this.loop = loop;
    }

    void report(Request.Usage request, Session session, Replies replies) throws ClientGone {
        ContainerName name = request.name();
        ContainerState.Alive container = alive(name);
        if (request.every() == null) {
            replies.reply(statistics(name, container));
            replies.reply(new Reply.Done());
            return;
        }
        follow(name, container, request.every(), session, replies);
    }

    private ContainerState.Alive alive(ContainerName name) {
        ContainerState.Present state = registry.find(name).orElseThrow(() -> Queries.missing(name));
        if (state instanceof ContainerState.Alive alive) {
            return alive;
        }
        throw new FailureException(
                FailureCode.WRONG_STATE,
                "container " + name,
                "it has no process, so it uses nothing",
                "Start it first");
    }

    private Reply.Used statistics(ContainerName name, ContainerState.Alive container) {
        HostFacts now = host.now();
        Blueprint blueprint = container.life().blueprint();
        List<String> cgroups = new ArrayList<>(blueprint.footprint().cgroups());
        if (!blueprint.footprint().spare().isEmpty()) {
            Cpusets.of(container.process().pid(), now.cgroups()).ifPresent(cgroups::add);
        }
        return new Reply.Used(
                name, "stats", CgroupStatistics.of(cgroups, now.cgroups().isUnified(), group(name, blueprint, now)));
    }

    private static Map<String, Object> group(ContainerName name, Blueprint blueprint, HostFacts now) {
        Resctrl resctrl = now.resctrl();
        IntelRdt group = resctrl == null
                ? null
                : PrivateConfig.read(name, blueprint).linux().intelRdt();
        if (resctrl == null || group == null) {
            return Map.of();
        }
        String directory = new ResctrlGroups(resctrl).directory(name, group);
        return ResctrlStatistics.of(
                resctrl, directory, group.monitoring() ? ResctrlGroups.monitoring(directory, name) : directory);
    }

    /** What the next line is about. */
    private enum Turn {
        INTERVAL,
        OUT_OF_MEMORY,
        ENDED
    }

    /** Until the container's process ends, or the caller leaves. */
    private void follow(
            ContainerName name, ContainerState.Alive container, Duration every, Session session, Replies replies)
            throws ClientGone {
        Turns turns = new Turns();
        CompletableFuture<?> ended = containers
                .later(session, name, new ContainerCommand.AwaitExit(), "events")
                .toCompletableFuture();
        var _ = ended.whenComplete((_, _) -> turns.add(Turn.ENDED));
        try (var _ = OutOfMemory.watch(
                container.life().blueprint().footprint().cgroups(), loop, () -> turns.add(Turn.OUT_OF_MEMORY))) {
            long due = System.nanoTime() + every.toNanos();
            while (true) {
                Turn turn = turns.next(session, due - System.nanoTime());
                switch (turn) {
                    case INTERVAL -> {
                        replies.reply(statistics(name, container));
                        due = System.nanoTime() + every.toNanos();
                    }
                    case OUT_OF_MEMORY -> replies.reply(new Reply.Used(name, "oom", null));
                    case ENDED -> {
                        replies.reply(new Reply.Done());
                        return;
                    }
                }
            }
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    "container " + name,
                    "its memory cannot be watched: " + problem.getMessage(),
                    "");
        }
    }

    /** Handed from the threads that notice to the session's. */
    private static final class Turns {
        private final BlockingQueue<Turn> noticed = new LinkedBlockingQueue<>();
        private CompletableFuture<Void> news = new CompletableFuture<>();

        synchronized void add(Turn turn) {
            noticed.add(turn);
            news.complete(null);
        }

        private synchronized CompletableFuture<Void> news() {
            news = noticed.isEmpty() ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
            return news;
        }

        /** {@return the next thing to do, which is the interval's if nothing else comes in time} */
        Turn next(Session session, long nanos) throws ClientGone {
            CompletableFuture<Void> next = news();
            session.await(
                    next.completeOnTimeout(null, Math.max(0, nanos), TimeUnit.NANOSECONDS), "events", Mailbox.FOR_EVER);
            Turn turn = noticed.poll();
            return turn == null ? Turn.INTERVAL : turn;
        }
    }
}
