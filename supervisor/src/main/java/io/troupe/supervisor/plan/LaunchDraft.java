package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.Hooks;
import io.troupe.supervisor.bundle.LinuxSection;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.process.Footprint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The three lists of a create, which have to agree on where the sides meet. */
record LaunchDraft(
        Bundle bundle,
        LaunchContext context,
        ProcessSection process,
        CgroupSteps cgroups,
        @Nullable ProcessFilter filter,
        boolean privileged) {

    /** What crun sends with a pidfd. */
    private static final String CRUNS_WORD = " ";

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
     * it sets their parameters. systemd wants a process that lives: one that may not fail yet.
     */
    private boolean meetsFirst() {
        return linux().namespaces().isNew(Kind.USER)
                || Planner.scoredFromOutside(linux(), process)
                || !linux().netDevices().isEmpty()
                || cgroups.isScoped();
    }

    /** It may, as long as it is root on the host; who is moved by another stops all of the host's forks meanwhile. */
    private boolean entersCgroups() {
        return privileged
                && !linux().namespaces().has(Kind.USER)
                && !cgroups.tasks().isEmpty();
    }

    /** Membership must be there before the child makes a cgroup namespace, or is scheduled as only some cgroups let it. */
    private boolean meetsForMembership() {
        return !cgroups.atBirth()
                && (linux().namespaces().isNew(Kind.CGROUP)
                        || process.scheduling().policy() != null
                        || linux().execution().memory() != null);
    }

    /** Cgroups must be there before the child binds them, and enters them. */
    private boolean meetsForCgroups() {
        return !meetsForMembership() && (meetsForCgroupMount() || entersCgroups());
    }

    private boolean meetsForCgroupMount() {
        return !cgroups.atBirth() && bundle.config().mounts().stream().anyMatch(FileSystemSteps::isCgroup);
    }

    /** The host's mounts are taken away with the private directory; those of a joined namespace are not ours. */
    private String place() {
        return mountsOnHost()
                ? context.directory() + "/" + Footprint.SHARED_ROOT
                : bundle.rootfs().toString();
    }

    private boolean mountsOnHost() {
        return !linux().namespaces().has(Kind.MOUNT);
    }

    /** One that was made before; a user namespace has to be the owner of its own, and moved interfaces have to find it. */
    boolean takesNetwork() {
        return context.network()
                && privileged
                && linux().namespaces().isNew(Kind.NETWORK)
                && !linux().namespaces().has(Kind.USER)
                && linux().netDevices().isEmpty();
    }

    /** Hooks may do anything to the host, and mounts, interfaces and groups of resctrl are nobody's to find again. */
    boolean mayComeAhead() {
        return !mountsOnHost()
                && !cgroups.isScoped()
                && context.group() == null
                && !meetsForHooks()
                && hooks().createContainer().isEmpty()
                && hookOutput().isEmpty()
                && linux().netDevices().isEmpty();
    }

    private boolean meetsForHooks() {
        return !hooks().prestart().isEmpty() || !hooks().createRuntime().isEmpty();
    }

    List<Step> before() {
        List<Step> steps = new ArrayList<>(cgroups.atBirth() ? cgroups.make() : List.of());
        ResctrlGroup group = context.group();
        if (group != null) {
            steps.addAll(group.make());
        }
        if (mountsOnHost()) {
            steps.add(new Step.MakeDirectory(place(), 0700, 0));
        }
        if (context.withGate()) {
            steps.add(new Step.Listen(context.directory(), Footprint.START_SOCKET));
        }
        steps.addAll(Planner.callers(context.console(), context.handover()));
        steps.addAll(hookOutput());
        if (notifiesFromOutside()) {
            steps.add(new Step.OpenTree(notifyDirectory(), false, Planner.SEALED, 0, 0, 0, 0));
        }
        return steps;
    }

    List<Step> after() {
        List<Step> steps = pidfd();
        if (linux().namespaces().isNew(Kind.USER)) {
            steps.add(NamespaceSteps.mapIds(linux(), privileged));
        }
        if (Planner.scoredFromOutside(linux(), process)) {
            steps.addAll(Planner.oomScore(process));
        }
        linux().netDevices().forEach(device -> steps.add(new Step.MoveInterface(device.name(), device.inside())));
        if (cgroups.isScoped()) {
            steps.add(new Step.AwaitScope());
        }
        if (meetsFirst()) {
            steps.add(new Step.Tell());
        }
        if (!cgroups.atBirth()) {
            steps.addAll(cgroups.make());
        }
        if (!cgroups.procs().isEmpty() && !entersCgroups()) {
            steps.add(new Step.WritePid(cgroups.procs()));
        }
        ResctrlGroup group = context.group();
        if (group != null) {
            steps.add(new Step.WritePid(group.tasks()));
        }
        if (meetsForMembership() || meetsForCgroups()) {
            steps.add(new Step.Tell());
        }
        if (cgroups.delegates()) {
            if (tellsOfCgroupNamespace()) {
                steps.add(new Step.Await());
            }
            steps.addAll(cgroups.delegate());
        }
        steps.addAll(FileSystemSteps.trees(bundle.config()));
        if (meetsForHooks()) {
            steps.add(new Step.Await());
            steps.add(new Step.ChangeDirectory(bundle.path().toString()));
            steps.addAll(hookSteps().of("prestart", hooks().prestart(), "created", 0, false));
            steps.addAll(hookSteps().of("createRuntime", hooks().createRuntime(), "created", 0, false));
            steps.add(new Step.Tell());
        }
        steps.addAll(ProcessFilter.agent(filter, !process.args().isEmpty()));
        return steps;
    }

    private List<Step> hookOutput() {
        boolean any = meetsForHooks()
                || !hooks().createContainer().isEmpty()
                || !hooks().startContainer().isEmpty();
        return any ? HookSteps.output(bundle.config().extensions()) : List.of();
    }

    private List<Step> pidfd() {
        List<Step> steps = new ArrayList<>(Planner.pidfd(context.handover(), "standard"));
        String receiver = bundle.config().extensions().pidfdReceiver();
        if (!receiver.isEmpty()) {
            steps.add(new Step.SendPidfd(receiver, CRUNS_WORD));
        }
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
        String target = Handover.notifyDirectory(bundle.config().root().borrowed());
        return List.of(
                notifiesFromOutside()
                        ? new Step.AttachTree(target)
                        : new Step.Bind(notifyDirectory(), target, false, Planner.SEALED, 0, 0, 0, 0, 0));
    }

    List<Step> child(Grant grant) {
        FileSystemSteps files = new FileSystemSteps(
                bundle.config(),
                cgroups,
                meetsForCgroups() && meetsForCgroupMount() ? meeting() : List.of(),
                context.host().initialUserNamespace());
        List<Step> steps = new ArrayList<>();
        namespaces(steps);
        steps.addAll(files.furnish(bundle.rootfs().toString(), place()));
        if (meetsForCgroups() && !meetsForCgroupMount()) {
            steps.addAll(meeting());
        }
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
        String keyring = context.noNewKeyring() ? "" : "_ses." + context.name().id();
        steps.addAll(new ProcessSteps(
                        process,
                        linux().execution(),
                        filter,
                        grant,
                        listener -> hookSteps()
                                .listenerState(bundle.config().ociVersion(), listener.metadata(), "created", 0))
                .steps(keyring, keepsGroups(), startHooks, context.handover().descriptors()));
        return steps;
    }

    /** The namespace shows the cgroup that it was made in, so the process goes on to the one below it only then. */
    private boolean tellsOfCgroupNamespace() {
        return cgroups.delegates() && linux().namespaces().isNew(Kind.CGROUP);
    }

    private boolean keepsGroups() {
        return bundle.config().extensions().keepGroups() || !NamespaceSteps.maySetGroups(linux(), privileged);
    }

    private void namespaces(List<Step> steps) {
        if (meetsFirst()) {
            steps.add(new Step.Await());
        }
        if (linux().namespaces().has(Kind.USER)) {
            steps.add(new Step.BecomeRoot(keepsGroups()));
        }
        if (meetsForMembership()) {
            steps.addAll(meeting());
        }
        if (linux().namespaces().isNew(Kind.CGROUP)) {
            steps.add(new Step.Unshare(Kind.CGROUP.cloneFlag()));
            if (tellsOfCgroupNamespace()) {
                steps.add(new Step.Tell());
            }
        }
        if (linux().namespaces().isNew(Kind.NETWORK)) {
            steps.add(takesNetwork() ? new Step.JoinProcess(Kind.NETWORK.cloneFlag()) : new Step.LoopbackUp());
        }
        if (!bundle.config().hostname().isEmpty()) {
            steps.add(new Step.Hostname(bundle.config().hostname()));
        }
        if (!bundle.config().domainname().isEmpty()) {
            steps.add(new Step.DomainName(bundle.config().domainname()));
        }
    }

    /** Where the client has made the cgroups. */
    private List<Step> meeting() {
        return entersCgroups()
                ? List.of(new Step.Await(), new Step.EnterCgroups(cgroups.tasks()))
                : List.of(new Step.Await());
    }

    private void enter(List<Step> steps) {
        if (!linux().namespaces().has(Kind.USER)) {
            steps.addAll(Planner.oomScore(process));
        }
        linux().sysctl().forEach((key, value) -> steps.add(new Step.Sysctl(slashed(key), value)));
        linux().readonlyPaths().forEach(path -> steps.add(new Step.ReadOnly(path)));
        linux().maskedPaths().forEach(path -> steps.add(new Step.Mask(path)));
        boolean own = linux().namespaces().isNew(Kind.MOUNT);
        steps.add(own ? new Step.EnterRoot(!context.noPivot()) : new Step.ChangeRoot());
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
