package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.bundle.Hooks;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.plan.Planner;
import io.troupe.supervisor.registry.Registry;
import java.util.List;

/**
 * Poststart and poststop hooks: run by the client that asked, in the runtime's namespaces, as children of its caller
 * (runtime.md, "Lifecycle"). Those of create are part of its plan.
 */
final class HookRuns {
    private final Containers containers;
    private final Registry registry;
    private final Planner planner;
    private final Machinery machinery;

    HookRuns(Containers containers, Registry registry, Planner planner, Machinery machinery) {
        this.containers = containers;
        this.registry = registry;
        this.planner = planner;
        this.machinery = machinery;
    }

    /** What is left to do once the container is deleted. */
    @FunctionalInterface
    interface Poststop {
        void run() throws ClientGone;
    }

    /** Runs the poststart hooks of a container whose program runs, if it has any. */
    void poststart(ContainerName name, Session session) throws ClientGone {
        ContainerState.Present state = registry.find(name).orElse(null);
        if (state == null || !state.life().blueprint().poststart()) {
            return;
        }
        int pid = state instanceof ContainerState.Alive alive ? alive.process().pid() : 0;
        Blueprint blueprint = state.life().blueprint();
        OciConfig config = PrivateConfig.read(name, blueprint);
        run(name, plan("poststart", config.hooks().poststart(), config, name, blueprint, "running", pid), session);
    }

    /** {@return what runs the poststop hooks of a container later; read now, for its configuration goes with it} */
    Poststop poststop(ContainerName name, Session session) {
        ContainerState.Present state = registry.find(name).orElse(null);
        if (state == null || !state.life().blueprint().poststop()) {
            return () -> {};
        }
        Blueprint blueprint = state.life().blueprint();
        OciConfig config = PrivateConfig.read(name, blueprint);
        LaunchPlan plan = plan("poststop", config.hooks().poststop(), config, name, blueprint, "stopped", 0);
        return () -> run(name, plan, session);
    }

    private LaunchPlan plan(
            String kind,
            List<Hooks.Hook> hooks,
            OciConfig config,
            ContainerName name,
            Blueprint blueprint,
            String status,
            int pid) {
        return planner.hooks(kind, hooks, config, name.id(), blueprint.bundle(), status, pid);
    }

    private void run(ContainerName name, LaunchPlan plan, Session session) throws ClientGone {
        Conversation talk = new Conversation(
                session,
                warning -> containers.tell(name, new ContainerCommand.WarnHook(Wordings.clause(name, plan, warning))));
        talk.send(plan, machinery.binary());
        try {
            talk.awaitDone();
        } catch (StepFailedException problem) {
            containers.tell(name, new ContainerCommand.WarnHook(Wordings.clause(name, plan, problem.failure())));
        }
    }
}
