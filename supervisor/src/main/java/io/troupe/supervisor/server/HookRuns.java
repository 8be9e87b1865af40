package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Hooks;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.plan.Planner;
import io.troupe.supervisor.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Poststart and poststop hooks: run by the client that asked, in the runtime's namespaces, as children of its caller
 * (runtime.md, "Lifecycle"). Those of create are part of its plan. One of poststop that fails is a warning: the caller is
 * told, and the journal.
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

    /**
     * Runs the poststart hooks of a container whose program runs, if it has any.
     *
     * @throws FailureException if one fails: the container is to be stopped then
     */
    void poststart(ContainerName name, Session session) throws ClientGone {
        ContainerState.Present state = registry.find(name).orElse(null);
        if (state == null || !state.life().blueprint().poststart()) {
            return;
        }
        int pid = state instanceof ContainerState.Alive alive ? alive.process().pid() : 0;
        Blueprint blueprint = state.life().blueprint();
        OciConfig config = PrivateConfig.read(name, blueprint);
        LaunchPlan plan = plan("poststart", config.hooks().poststart(), config, name, blueprint, "running", pid);
        require(name, plan, new Conversation(session, _ -> {}));
    }

    /** The same for a container of run, which may have ended and be gone by now. */
    void poststart(Prepared prepared, int pid, Conversation talk) throws ClientGone {
        if (prepared.blueprint().poststart()) {
            OciConfig config = PrivateConfig.of(prepared);
            require(
                    prepared.name(),
                    plan("poststart", config.hooks().poststart(), config, prepared, "running", pid),
                    talk);
        }
    }

    /** Runs the poststop hooks of a container of run, which is gone. */
    void poststop(Prepared prepared, Conversation talk) throws ClientGone {
        if (prepared.blueprint().poststop()) {
            OciConfig config = PrivateConfig.of(prepared);
            run(prepared.name(), plan("poststop", config.hooks().poststop(), config, prepared, "stopped", 0), talk);
        }
    }

    private LaunchPlan plan(
            String kind, List<Hooks.Hook> hooks, OciConfig config, Prepared prepared, String status, int pid) {
        return plan(kind, hooks, config, prepared.name(), prepared.blueprint(), status, pid);
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

    private void require(ContainerName name, LaunchPlan plan, Conversation talk) throws ClientGone {
        try {
            talk.carryOut(plan, machinery.binary(), _ -> {});
        } catch (StepFailedException problem) {
            containers.tell(name, new ContainerCommand.WarnHook(Wordings.clause(name, plan, problem.failure())));
            throw new FailureException(Wordings.failure(name, plan, problem.failure()));
        }
    }

    private void run(ContainerName name, LaunchPlan plan, Session session) throws ClientGone {
        run(name, plan, new Conversation(session, _ -> {}));
    }

    private void run(ContainerName name, LaunchPlan plan, Conversation talk) throws ClientGone {
        List<String> lines = new ArrayList<>();
        Consumer<StepFailure> warn = failure -> {
            String clause = Wordings.clause(name, plan, failure);
            containers.tell(name, new ContainerCommand.WarnHook(clause));
            lines.add("container " + name + ": " + clause);
        };
        try {
            talk.carryOut(plan, machinery.binary(), warn);
        } catch (StepFailedException problem) {
            warn.accept(problem.failure());
        }
        talk.warn(lines);
    }
}
