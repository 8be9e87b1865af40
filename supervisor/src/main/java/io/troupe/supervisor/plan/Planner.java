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
import io.troupe.supervisor.process.Footprint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles launch plans; the order of their steps stands here (runtime.md, "Lifecycle"). */
public final class Planner {
    private static final String OWN_CGROUP = "troupe";
    /** MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC. */
    private static final long SEALED = 1 | 2 | 4 | 8;

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
        if (!config.linux().namespaces().isNew(Kind.MOUNT)) {
            throw refused("linux.namespaces", "a container needs a new mount namespace", "Add {\"type\": \"mount\"}");
        }
        Consoles.check(process, context.console());
        LabelSteps.check(
                "config.json: process.",
                process.labels(),
                config.linux().mountLabel(),
                context.host().security());
        Path directory = Path.of(context.directory());
        CgroupSteps cgroups = new CgroupSteps(
                        context.host(),
                        config.linux().resources(),
                        config.linux().cgroupsPath(),
                        defaultCgroup(directory))
                .ownedBy(CgroupOwner.of(config, process));
        boolean privileged = context.host().uid() == 0;
        Draft draft = new Draft(bundle, context, process, cgroups, privileged);
        LaunchPlan plan = new LaunchPlan(
                NamespaceSteps.cloneFlags(config.linux().namespaces()),
                true,
                flags(context.foreground(), context.console()),
                draft.before(),
                NamespaceSteps.join(config.linux(), privileged),
                draft.after(),
                draft.child(filters));
        return new PlannedLaunch(plan, cgroups.directories());
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
        return new CgroupSteps(host, Resources.NONE, null, defaultParent(containers)).directories();
    }

    /** {@return the plan of an exec: joins the container's namespaces, then shares create's way to the program} */
    public PlannedLaunch exec(OciConfig config, ProcessSection process, ExecContext context) {
        Consoles.check(process, context.console());
        LabelSteps.check("process.json: ", process.labels(), "", context.security());
        LinuxSection linux = config.linux();
        List<Step> join =
                new ArrayList<>(SchedulingSteps.affinity(process.scheduling().execInitial()));
        if (!context.cgroupFiles().isEmpty()) {
            join.add(new Step.EnterCgroups(context.cgroupFiles()));
        }
        join.addAll(SchedulingSteps.affinity(process.scheduling().execFinal()));
        join.add(new Step.JoinProcess(NamespaceSteps.kinds(linux.namespaces())));
        List<Step> after = new ArrayList<>(pidfd(context.handover(), "setns"));
        List<Step> child = new ArrayList<>();
        if (scoredFromOutside(linux, process)) {
            after.addAll(oomScore(process));
            after.add(new Step.Tell());
            child.add(new Step.Await());
        }
        if (linux.namespaces().has(Kind.USER)) {
            child.add(new Step.BecomeRoot());
        } else {
            child.addAll(oomScore(process));
        }
        if (process.terminal()) {
            ProcessSection.ConsoleSize size = Consoles.size(process, context.console());
            child.add(new Step.ExecConsole(size.height(), size.width()));
        }
        HookSteps state =
                new HookSteps(config.ociVersion(), context.name().id(), context.bundle(), config.annotations());
        after.addAll(ProcessSteps.agent(linux.seccomp(), process));
        child.addAll(new ProcessSteps(
                        process,
                        linux,
                        filters,
                        listener ->
                                state.listenerState(config.ociVersion(), listener.metadata(), "running", context.pid()))
                .steps("", false, List.of(), context.handover().descriptors()));
        return new PlannedLaunch(
                new LaunchPlan(
                        0,
                        true,
                        flags(context.foreground(), context.console()),
                        callers(context.console(), context.handover()),
                        join,
                        after,
                        child),
                List.of());
    }

    /**
     * {@return a plan that runs hooks and clones nothing}
     *
     * @param kind {@code poststart} or {@code poststop}; their failures are warnings
     * @param status of the container, for the hooks' state
     * @param pid of the container's process; 0 once it is gone
     */
    public LaunchPlan hooks(
            String kind, List<Hooks.Hook> hooks, OciConfig config, String id, String bundle, String status, int pid) {
        List<Step> before = new ArrayList<>();
        before.add(new Step.ChangeDirectory(bundle));
        before.addAll(new HookSteps(config.ociVersion(), id, bundle, config.annotations())
                .of(kind, hooks, status, pid, true));
        return new LaunchPlan(0, false, Set.of(), before, List.of(), List.of(), List.of());
    }

    /** {@return what is checked and opened in the caller, before there is a process} */
    private static List<Step> callers(ConsoleWish wish, Handover handover) {
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
    private static List<Step> pidfd(Handover handover, String word) {
        String socket = handover.pidfdSocket();
        return socket == null ? List.of() : List.of(new Step.SendPidfd(socket, word));
    }

    private static Set<LaunchPlan.Flag> flags(boolean foreground, ConsoleWish wish) {
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
    private static boolean scoredFromOutside(LinuxSection linux, ProcessSection process) {
        return process.oomScoreAdj() != null && linux.namespaces().has(Kind.USER);
    }

    private static List<Step> oomScore(ProcessSection process) {
        Integer adjust = process.oomScoreAdj();
        return adjust == null ? List.of() : List.of(new Step.OomScoreAdjust(adjust));
    }

    private static FailureException refused(String field, String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, "config.json: " + field, what, remedy);
    }

    /** The three lists of a create, which have to agree on where the sides meet. */
    private record Draft(
            Bundle bundle, LaunchContext context, ProcessSection process, CgroupSteps cgroups, boolean privileged) {

        private LinuxSection linux() {
            return bundle.config().linux();
        }

        private Hooks hooks() {
            return bundle.config().hooks();
        }

        private HookSteps hookSteps() {
            OciConfig config = bundle.config();
            return new HookSteps(
                    config.ociVersion(), context.name().id(), bundle.path().toString(), config.annotations());
        }

        /**
         * Maps, and what only the parent namespace may do, must be there before the child becomes root; interfaces before
         * it sets their parameters.
         */
        private boolean meetsForUser() {
            return linux().namespaces().isNew(Kind.USER)
                    || scoredFromOutside(linux(), process)
                    || !linux().netDevices().isEmpty();
        }

        /** Membership must be there before the child makes a cgroup namespace, or is scheduled as only some cgroups let it. */
        private boolean meetsForMembership() {
            return !cgroups.atBirth()
                    && (linux().namespaces().isNew(Kind.CGROUP)
                            || process.scheduling().policy() != null
                            || linux().execution().memory() != null);
        }

        /** Cgroups must be there before the child binds them. */
        private boolean meetsForCgroupMount() {
            return !cgroups.atBirth()
                    && !meetsForMembership()
                    && bundle.config().mounts().stream().anyMatch(FileSystemSteps::isCgroup);
        }

        private boolean meetsForHooks() {
            return !hooks().prestart().isEmpty() || !hooks().createRuntime().isEmpty();
        }

        List<Step> before() {
            List<Step> steps = new ArrayList<>(cgroups.atBirth() ? cgroups.make() : List.of());
            if (context.withGate()) {
                steps.add(new Step.Listen(context.directory(), Footprint.START_SOCKET));
            }
            steps.addAll(callers(context.console(), context.handover()));
            if (notifiesFromOutside()) {
                steps.add(new Step.OpenTree(notifyDirectory(), false, SEALED, 0, 0, 0, 0));
            }
            return steps;
        }

        List<Step> after() {
            List<Step> steps = new ArrayList<>(pidfd(context.handover(), "standard"));
            if (linux().namespaces().isNew(Kind.USER)) {
                steps.add(NamespaceSteps.mapIds(linux(), privileged));
            }
            if (scoredFromOutside(linux(), process)) {
                steps.addAll(oomScore(process));
            }
            linux().netDevices().forEach(device -> steps.add(new Step.MoveInterface(device.name(), device.inside())));
            if (meetsForUser()) {
                steps.add(new Step.Tell());
            }
            if (!cgroups.atBirth()) {
                steps.addAll(cgroups.make());
            }
            if (!cgroups.procs().isEmpty()) {
                steps.add(new Step.WritePid(cgroups.procs()));
            }
            if (meetsForMembership() || meetsForCgroupMount()) {
                steps.add(new Step.Tell());
            }
            steps.addAll(FileSystemSteps.trees(bundle.config()));
            if (meetsForHooks()) {
                steps.add(new Step.Await());
                steps.add(new Step.ChangeDirectory(bundle.path().toString()));
                steps.addAll(hookSteps().of("prestart", hooks().prestart(), "created", 0, false));
                steps.addAll(hookSteps().of("createRuntime", hooks().createRuntime(), "created", 0, false));
                steps.add(new Step.Tell());
            }
            steps.addAll(ProcessSteps.agent(linux().seccomp(), process));
            return steps;
        }

        private String notifyDirectory() {
            return context.directory() + "/" + Footprint.NOTIFY;
        }

        /** Another user than ours cannot reach our private directory by its name. */
        private boolean notifiesFromOutside() {
            return context.handover().notifies()
                    && privileged
                    && linux().namespaces().has(Kind.USER);
        }

        private List<Step> notifySocket() {
            if (!context.handover().notifies()) {
                return List.of();
            }
            return List.of(
                    notifiesFromOutside()
                            ? new Step.AttachTree(Handover.NOTIFY)
                            : new Step.Bind(notifyDirectory(), Handover.NOTIFY, false, SEALED, 0, 0, 0, 0, 0));
        }

        List<Step> child(FilterCompiler filters) {
            FileSystemSteps files = new FileSystemSteps(
                    bundle.config(),
                    cgroups,
                    meetsForCgroupMount(),
                    context.host().initialUserNamespace());
            List<Step> steps = new ArrayList<>();
            namespaces(steps);
            steps.addAll(files.furnish(bundle.rootfs().toString()));
            steps.addAll(notifySocket());
            if (process.terminal()) {
                ProcessSection.ConsoleSize size = Consoles.size(process, context.console());
                steps.add(new Step.Console(
                        size.height(), size.width(), (int) process.user().uid(), (int)
                                process.user().gid()));
            }
            if (!process.cwd().equals("/") && !bundle.config().root().borrowed()) {
                steps.add(new Step.MakeTarget(process.cwd(), 0755));
            }
            if (meetsForHooks()) {
                steps.add(new Step.Tell());
                steps.add(new Step.Await());
            }
            steps.addAll(hookSteps().of("createContainer", hooks().createContainer(), "created", 0, false));
            steps.addAll(files.seal());
            enter(steps);
            List<Step> startHooks = hookSteps().of("startContainer", hooks().startContainer(), "created", 0, false);
            String keyring =
                    context.noNewKeyring() ? "" : "_ses." + context.name().id();
            boolean keepGroups = !privileged && linux().namespaces().isNew(Kind.USER);
            steps.addAll(new ProcessSteps(
                            process,
                            linux(),
                            filters,
                            listener -> hookSteps()
                                    .listenerState(bundle.config().ociVersion(), listener.metadata(), "created", 0))
                    .steps(keyring, keepGroups, startHooks, context.handover().descriptors()));
            return steps;
        }

        private void namespaces(List<Step> steps) {
            if (meetsForUser()) {
                steps.add(new Step.Await());
            }
            if (linux().namespaces().has(Kind.USER)) {
                steps.add(new Step.BecomeRoot());
            }
            if (meetsForMembership()) {
                steps.add(new Step.Await());
            }
            if (linux().namespaces().isNew(Kind.CGROUP)) {
                steps.add(new Step.Unshare(Kind.CGROUP.cloneFlag()));
            }
            if (linux().namespaces().isNew(Kind.NETWORK)) {
                steps.add(new Step.LoopbackUp());
            }
            if (!bundle.config().hostname().isEmpty()) {
                steps.add(new Step.Hostname(bundle.config().hostname()));
            }
            if (!bundle.config().domainname().isEmpty()) {
                steps.add(new Step.DomainName(bundle.config().domainname()));
            }
        }

        private void enter(List<Step> steps) {
            if (!linux().namespaces().has(Kind.USER)) {
                steps.addAll(oomScore(process));
            }
            linux().sysctl().forEach((key, value) -> steps.add(new Step.Sysctl(slashed(key), value)));
            linux().readonlyPaths().forEach(path -> steps.add(new Step.ReadOnly(path)));
            linux().maskedPaths().forEach(path -> steps.add(new Step.Mask(path)));
            steps.add(new Step.EnterRoot(!context.noPivot()));
            if (linux().rootfsPropagation() != 0) {
                steps.add(new Step.RootPropagation(linux().rootfsPropagation()));
            }
            if (bundle.config().root().readonly()) {
                steps.add(new Step.RootReadOnly());
            }
        }

        /** Dots are slashes, unless the key has slashes: then a dot is part of a name, as in eth0.100 (sysctl(8)). */
        private static String slashed(String key) {
            return key.contains("/") ? key : key.replace('.', '/');
        }
    }
}
