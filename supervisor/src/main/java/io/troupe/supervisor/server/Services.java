package io.troupe.supervisor.server;

import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.journal.Journal;
import io.troupe.supervisor.plan.Planner;
import io.troupe.supervisor.recovery.Verifier;
import io.troupe.supervisor.registry.Registry;
import io.troupe.supervisor.systemd.Systemd;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What requests are answered with; all of it stays the caller's.
 *
 * @param containers where private directories of containers are made
 * @param binary the sealed copy of the native program
 */
public record Services(
        ActorSystem<?> system,
        Registry registry,
        Journal journal,
        Planner planner,
        Verifier verifier,
        LiveHost host,
        EventLoop loop,
        Systemd systemd,
        Networks networks,
        Path containers,
        Descriptor binary,
        SupervisorFacts facts) {

    /** {@return the services, put together} */
    public Requests requests() {
        Containers asks = new Containers(registry, system);
        Machinery machinery = new Machinery(binary, loop, host.now().bootId());
        Preparation preparation = new Preparation(planner, host, systemd, networks, containers);
        HookRuns hooks = new HookRuns(asks, registry, planner, machinery);
        Notifications notifications = new Notifications(loop, registry);
        notifications.recover();
        Makers makers = new Makers();
        Launches launches = new Launches(asks, preparation, machinery, hooks, notifications, systemd, networks, makers);
        Lifecycle lifecycle = new Lifecycle(asks, hooks, notifications, makers);
        return new Requests(
                new Admission(registry, facts),
                launches,
                new Execs(asks, planner, machinery, host),
                new HotMounts(asks, machinery),
                new Checkpoints(asks, machinery, lifecycle, host, loop),
                new Restores(asks, preparation, machinery, launches, host, loop, makers),
                lifecycle,
                new Queries(registry, journal, preparation, verifier, facts),
                new Processes(registry),
                new Updates(asks, registry, host),
                new Usage(asks, registry, host, loop));
    }
}
