package io.troupe.supervisor.plan;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.Hooks;
import io.troupe.supervisor.bundle.LinuxSection;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.systemd.ScopeName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compiles launch plans; the order of their steps stands here (runtime.md, "Lifecycle"). */
public final class Planner {
    private static final String OWN_CGROUP = "troupe";
    /** Those alone may fail (runtime.md, "Lifecycle", step 13). */
    private static final String POSTSTOP = "poststop";

    /** MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC. */
    static final long SEALED = 1 | 2 | 4 | 8;

    private static final Path SYSTEM_CONTAINERS = Path.of("/run/troupe/c");

    private final FilterCompiler filters;

    public Planner(FilterCompiler filters) {
        this.filters = filters;
    }

    /**
     * {@return the plan of create, or of run}
     *
     * @throws FailureException INVALID_BUNDLE or UNSUPPORTED, with the field's JSON path
     */
    public PlannedLaunch create(Bundle bundle, LaunchContext context) {
        OciConfig config = bundle.config();
        ProcessSection process = process(config.process(), context.withGate())
                .with(context.handover().environment());
        Consoles.check(process, context.console());
        LabelSteps.check(
                "config.json: process.",
                process.labels(),
                config.linux().mountLabel(),
                context.host().security());
        Path directory = Path.of(context.directory());
        ScopeName scope = Scopes.name(config, context, defaultCgroup(directory));
        CgroupSteps cgroups = new CgroupSteps(
                        context.host(),
                        config.linux().resources(),
                        scope == null ? config.linux().cgroupsPath() : scope.cgroup("" + context.systemd()),
                        defaultCgroup(directory))
                .ownedBy(CgroupOwner.of(config, process))
                .scoped(scope != null, config.extensions().subgroup())
                .delegating(config.extensions().delegatedCgroup());
        boolean privileged = context.host().uid() == 0;
        Grant grant = Grant.in(config.linux().namespaces(), context.host().capabilities());
        ProcessFilter filter =
                ProcessFilter.of(config, filters, context.handover().seccompReceiver());
        LaunchDraft draft = new LaunchDraft(bundle, context, process, cgroups, filter, privileged);
        LaunchPlan plan = new LaunchPlan(
                NamespaceSteps.cloneFlags(config.linux().namespaces(), draft.takesNetwork()),
                true,
                flags(context.foreground(), context.console()),
                draft.before(),
                NamespaceSteps.join(config.linux(), privileged),
                draft.after(),
                draft.child(grant));
        return new PlannedLaunch(
                plan,
                cgroups.directories(),
                cgroups.spare(),
                Remarks.warnings(bundle, grant, process),
                () -> Remarks.of(bundle, scope != null, filters),
                draft.mayComeAhead(),
                draft.takesNetwork(),
                scope == null ? null : Scopes.of(scope, config, context, cgroups));
    }

    /**
     * The cgroup of a bundle that names none: below one that bears our name, because an id may well be the name of
     * somebody else's cgroup, and of this run directory alone, because another supervisor may have the same id.
     */
    static String defaultCgroup(Path directory) {
        return defaultParent(directory.getParent()) + "/" + directory.getFileName();
    }

    private static String defaultParent(@Nullable Path containers) {
        return containers == null || containers.equals(SYSTEM_CONTAINERS)
                ? OWN_CGROUP
                : OWN_CGROUP + "-" + Integer.toHexString(containers.toString().hashCode());
    }

    /**
     * {@return the cgroup directories that default cgroups are made below}
     *
     * @param containers where private directories are made
     */
    public static List<String> defaultParents(HostFacts host, Path containers) {
        CgroupSteps parents = new CgroupSteps(host, Resources.NONE, null, defaultParent(containers));
        return Stream.concat(parents.directories().stream(), parents.spare().stream())
                .toList();
    }

    /** {@return the plan of an exec: joins the container's namespaces, then shares create's way to the program} */
    public PlannedLaunch exec(OciConfig config, ProcessSection process, ExecContext context) {
        Consoles.check(process, context.console());
        LabelSteps.check("process.json: ", process.labels(), "", context.security());
        LinuxSection linux = config.linux();
        Grant grant = Grant.in(linux.namespaces(), context.capabilities());
        List<Step> join =
                new ArrayList<>(SchedulingSteps.affinity(process.scheduling().execInitial()));
        if (!context.cgroupFiles().isEmpty()) {
            join.add(new Step.EnterCgroups(context.cgroupFiles()));
        }
        join.addAll(SchedulingSteps.affinity(process.scheduling().execFinal()));
        join.addAll(NamespaceSteps.joinProcess(linux.namespaces(), context.pid()));
        List<Step> after = new ArrayList<>(pidfd(context.handover(), "setns"));
        List<Step> child = new ArrayList<>();
        if (scoredFromOutside(linux, process)) {
            after.addAll(oomScore(process));
            after.add(new Step.Tell());
            child.add(new Step.Await());
        }
        boolean keepGroups =
                config.extensions().keepGroups() || !NamespaceSteps.maySetGroups(linux, context.privileged());
        if (linux.namespaces().has(Kind.USER)) {
            child.add(new Step.BecomeRoot(keepGroups));
        } else {
            child.addAll(oomScore(process));
        }
        if (process.terminal()) {
            ProcessSection.ConsoleSize size = Consoles.size(process, context.console());
            child.add(new Step.ExecConsole(size.height(), size.width()));
        }
        HookSteps state =
                new HookSteps(config.ociVersion(), context.name().id(), context.bundle(), config.annotations());
        ProcessFilter filter =
                ProcessFilter.of(config, filters, context.handover().seccompReceiver());
        after.addAll(ProcessFilter.agent(filter, !process.args().isEmpty()));
        child.addAll(new ProcessSteps(
                        process,
                        linux.execution(),
                        filter,
                        grant,
                        listener ->
                                state.listenerState(config.ociVersion(), listener.metadata(), "running", context.pid()))
                .steps("", keepGroups, List.of(), context.handover().descriptors()));
        return new PlannedLaunch(
                new LaunchPlan(
                        0,
                        true,
                        flags(context.foreground(), context.console()),
                        callers(context.console(), context.handover()),
                        join,
                        after,
                        child),
                List.of(),
                grant.warnings(process.capabilities()));
    }

    /**
     * {@return a plan that runs hooks and clones nothing}
     *
     * @param kind {@code poststart} or {@code poststop}
     * @param status of the container, for the hooks' state
     * @param pid of the container's process; 0 once it is gone
     */
    public LaunchPlan hooks(
            String kind, List<Hooks.Hook> hooks, OciConfig config, String id, String bundle, String status, int pid) {
        List<Step> before = new ArrayList<>();
        before.add(new Step.ChangeDirectory(bundle));
        before.addAll(HookSteps.output(config.extensions()));
        before.addAll(new HookSteps(config.ociVersion(), id, bundle, config.annotations())
                .of(kind, hooks, status, pid, kind.equals(POSTSTOP)));
        return new LaunchPlan(0, false, Set.of(), before, List.of(), List.of(), List.of());
    }

    /** {@return what is checked and opened in the caller, before there is a process} */
    static List<Step> callers(ConsoleWish wish, Handover handover) {
        List<Step> steps = new ArrayList<>();
        if (handover.descriptors() > 0) {
            steps.add(new Step.Passed(handover.descriptors()));
        }
        if (wish instanceof ConsoleWish.Socket(String path)) {
            steps.add(new Step.ConnectConsole(path));
        }
        return steps;
    }

    /** The word that goes with it is runc's. */
    static List<Step> pidfd(Handover handover, String word) {
        String socket = handover.pidfdSocket();
        return socket == null ? List.of() : List.of(new Step.SendPidfd(socket, word));
    }

    static Set<LaunchPlan.Flag> flags(boolean foreground, ConsoleWish wish) {
        Set<LaunchPlan.Flag> flags = EnumSet.noneOf(LaunchPlan.Flag.class);
        if (foreground) {
            flags.add(LaunchPlan.Flag.FOREGROUND);
        }
        if (wish instanceof ConsoleWish.Local) {
            flags.add(LaunchPlan.Flag.LOCAL_TERMINAL);
        }
        return flags;
    }

    /** Create does without (config.md, "Process": it is required when start is called). */
    private static ProcessSection process(@Nullable ProcessSection process, boolean withGate) {
        if (process != null) {
            return process;
        }
        if (withGate) {
            return ProcessSection.NONE;
        }
        throw refused("process", "there is no program to run", "Add process.args and process.cwd");
    }

    /** Less than the supervisor's own score takes a right that no process in another user namespace has (proc(5)). */
    static boolean scoredFromOutside(LinuxSection linux, ProcessSection process) {
        return process.oomScoreAdj() != null && linux.namespaces().has(Kind.USER);
    }

    static List<Step> oomScore(ProcessSection process) {
        Integer adjust = process.oomScoreAdj();
        return adjust == null ? List.of() : List.of(new Step.OomScoreAdjust(adjust));
    }

    private static FailureException refused(String field, String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, "config.json: " + field, what, remedy);
    }
}
