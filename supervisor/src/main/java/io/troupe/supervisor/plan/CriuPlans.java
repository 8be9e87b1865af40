package io.troupe.supervisor.plan;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.Hooks;
import io.troupe.supervisor.bundle.MountEntry;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.Namespaces.Namespace;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.systemd.ScopeName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans whose program is CRIU, which speaks with the supervisor over a channel and has what it works with open. Numbers
 * of descriptors are above any that the launcher has for itself.
 */
public final class CriuPlans {
    /** Descriptor of the channel. */
    public static final int CHANNEL = 100;
    /** Descriptor of the directory for images. */
    public static final int IMAGES = 101;
    /** Descriptor of the directory for logs. */
    public static final int WORK = 102;

    /** Descriptors of namespaces that are there already; others CRIU joins by their path. */
    private static final int NAMESPACES = 103;

    /** In {@link Step.Bind}: a source that is a symbolic link is bound, or made anew, itself. */
    private static final int LINKS = 1 | 4;

    private static final int PRIVATE = 0700;
    private static final int MOUNT_POINT = 0755;
    private static final long SLAVE_RECURSIVE = 0x80000 | 0x4000;

    /** Where CRIU and its working files are: directories, absolute, and the caller's search path. */
    public record Place(String images, String work, String path) {}

    /**
     * A namespace that CRIU gets open.
     *
     * @param key the name that it has in images
     */
    public record OpenNamespace(Kind kind, String path, String key, int descriptor) {}

    private CriuPlans() {}

    /**
     * {@return the plan of a checkpoint; nothing of the container's is touched but by CRIU}
     *
     * @param address where CRIU serves memory that is left where it is, which a request cannot say; null for not at all
     * @param statusFd descriptor of the caller's for {@link #served}; null for none
     */
    public static LaunchPlan dump(Place place, @Nullable String address, @Nullable Integer statusFd) {
        List<Step> before = new ArrayList<>();
        if (statusFd != null) {
            before.add(new Step.Writable(statusFd));
        }
        before.add(new Step.MakeDirectory(place.images(), PRIVATE, 0));
        before.add(new Step.MakeDirectory(place.work(), PRIVATE, 0));
        List<Step> child = new ArrayList<>();
        // What is typed at the terminal is not for CRIU: interrupted halfway it would leave processes as they are then.
        child.add(new Step.NewSession());
        child.addAll(program(place, address == null ? List.of() : List.of("--address", address), List.of()));
        return new LaunchPlan(0, true, Set.of(), before, List.of(), List.of(), child);
    }

    /** {@return a plan that tells the caller that memory is served} */
    public static LaunchPlan served(int statusFd) {
        return new LaunchPlan(
                0, false, Set.of(), List.of(new Step.WriteZero(statusFd)), List.of(), List.of(), List.of());
    }

    /**
     * {@return the plan of a restore} CRIU is in the cgroups of the container, where all that it makes will be, and in a
     * mount namespace of its own, so that what it needs mounted is gone when it ends.
     */
    public static PlannedLaunch restore(Bundle bundle, LaunchContext context, Place place) {
        OciConfig config = bundle.config();
        ScopeName scope = Scopes.name(config, context, Planner.defaultCgroup(Path.of(context.directory())));
        CgroupSteps cgroups = cgroups(config, context, scope)
                .ownedBy(null)
                .scoped(scope != null, config.extensions().subgroup());
        String root = root(context.directory());
        List<Step> before = new ArrayList<>(cgroups.atBirth() ? cgroups.make() : List.of());
        ResctrlGroup group = context.group();
        if (group != null) {
            before.addAll(group.make());
        }
        before.add(new Step.MakeDirectory(place.work(), PRIVATE, 0));
        before.add(new Step.MakeDirectory(root, PRIVATE, 0));
        before.addAll(Planner.callers(context.console(), context.handover()));
        List<Step> after = new ArrayList<>();
        if (scope != null) {
            after.add(new Step.AwaitScope());
        }
        after.addAll(cgroups.atBirth() ? List.of() : cgroups.make());
        if (!cgroups.procs().isEmpty()) {
            after.add(new Step.WritePid(cgroups.procs()));
        }
        if (group != null) {
            after.add(new Step.WritePid(group.tasks()));
        }
        after.add(new Step.Tell());
        List<Step> child = new ArrayList<>();
        child.add(new Step.Await());
        child.add(new Step.Propagation(SLAVE_RECURSIVE));
        child.add(new Step.SharedRoot(bundle.rootfs().toString(), root));
        child.addAll(mountPoints(config));
        child.addAll(program(place, List.of(), namespaces(config)));
        LaunchPlan plan = new LaunchPlan(
                Kind.MOUNT.cloneFlag(),
                true,
                Planner.flags(context.foreground(), context.console()),
                before,
                List.of(),
                after,
                child);
        return new PlannedLaunch(
                plan,
                cgroups.directories(),
                cgroups.spare(),
                List.of(),
                List::of,
                false,
                false,
                scope == null ? null : Scopes.of(scope, config, context, cgroups));
    }

    /** {@return the directory where CRIU finds the container's root} */
    public static String root(String directory) {
        return directory + "/" + Footprint.SHARED_ROOT;
    }

    /**
     * {@return a plan that readies the namespaces of a process that is being restored, and runs the hooks of its creation}
     *
     * @param pid of that process, which joins nothing more
     */
    public static LaunchPlan furnish(OciConfig config, String id, String bundle, int pid) {
        HookSteps steps = new HookSteps(config.ociVersion(), id, bundle, config.annotations());
        Hooks hooks = config.hooks();
        List<Step> before = new ArrayList<>();
        before.add(new Step.ChangeDirectory(bundle));
        before.addAll(HookSteps.output(config.extensions()));
        before.addAll(steps.of("prestart", hooks.prestart(), "created", pid, false));
        before.addAll(steps.of("createRuntime", hooks.createRuntime(), "created", pid, false));
        List<Step> join = new ArrayList<>();
        if (config.linux().namespaces().isNew(Kind.NETWORK)) {
            join.add(new Step.JoinProcess(Kind.NETWORK.cloneFlag()));
            join.add(new Step.LoopbackUp());
        }
        return new LaunchPlan(0, false, Set.of(), before, join, List.of(), List.of());
    }

    /** {@return the namespaces that CRIU gets open; its images have no more than their names} */
    public static List<OpenNamespace> namespaces(OciConfig config) {
        List<OpenNamespace> open = new ArrayList<>();
        for (Namespace namespace : config.linux().namespaces().list()) {
            String key = key(namespace.kind());
            if (!namespace.isNew() && !key.isEmpty()) {
                open.add(new OpenNamespace(namespace.kind(), namespace.path(), key, NAMESPACES + open.size()));
            }
        }
        return open;
    }

    /** The names are runc's. */
    private static String key(Kind kind) {
        return switch (kind) {
            case NETWORK -> "extRootNetNS";
            case PID -> "extRootPidNS";
            case MOUNT, IPC, UTS, USER, CGROUP, TIME -> "";
        };
    }

    /** {@return namespaces other than those, which CRIU joins by their path} */
    public static List<Namespace> joined(OciConfig config) {
        return config.linux().namespaces().list().stream()
                .filter(namespace -> !namespace.isNew() && key(namespace.kind()).isEmpty())
                .toList();
    }

    /**
     * A mount that is not of the container's own making.
     *
     * @param destination inside the container
     * @param source on the host
     * @param follows whether it is what a symbolic link leads to, where the source is one
     */
    public record ExternalMount(String destination, String source, boolean follows) {}

    /** {@return what a container of this configuration has mounted from outside, but for masks} */
    public static List<ExternalMount> externalMounts(OciConfig config, String directory, HostFacts host) {
        CgroupSteps cgroups = new CgroupSteps(
                host,
                config.linux().resources(),
                config.linux().cgroupsPath(),
                Planner.defaultCgroup(Path.of(directory)));
        FileSystemSteps files = new FileSystemSteps(config, cgroups, List.of(), host.initialUserNamespace());
        List<ExternalMount> mounts = new ArrayList<>();
        for (Step step : files.furnish("", "")) {
            if (step instanceof Step.Bind bind) {
                mounts.add(new ExternalMount(bind.target(), bind.source(), (bind.links() & LINKS) == 0));
            } else if (step instanceof Step.Device device && device.bind()) {
                mounts.add(new ExternalMount(device.target(), device.target(), true));
            }
        }
        return mounts;
    }

    private static CgroupSteps cgroups(OciConfig config, LaunchContext context, @Nullable ScopeName scope) {
        return new CgroupSteps(
                context.host(),
                config.linux().resources(),
                scope == null ? config.linux().cgroupsPath() : scope.cgroup("" + context.systemd()),
                Planner.defaultCgroup(Path.of(context.directory())));
    }

    /** Mount points that create would have made, as far as CRIU does not: those on a tmpfs are in the images. */
    private static List<Step> mountPoints(OciConfig config) {
        List<Step> steps = new ArrayList<>();
        for (MountEntry mount : config.mounts()) {
            if (mount.options().remount() || FileSystemSteps.isCgroup(mount) || onTmpfs(mount, config.mounts())) {
                continue;
            }
            // Mount points inside what is bound are made in there; the mounts go with this namespace.
            steps.add(
                    mount.bind()
                            ? new Step.Bind(
                                    mount.source(),
                                    mount.destination(),
                                    true,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    mount.options().links())
                            : new Step.MakeTarget(mount.destination(), MOUNT_POINT));
        }
        return steps;
    }

    private static boolean onTmpfs(MountEntry mount, List<MountEntry> all) {
        return all.stream()
                .anyMatch(other ->
                        other.type().equals("tmpfs") && mount.destination().startsWith(other.destination() + "/"));
    }

    private static List<Step> program(Place place, List<String> options, List<OpenNamespace> namespaces) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step.FindProgram("criu", place.path()));
        steps.add(new Step.Channel(CHANNEL));
        steps.add(new Step.OpenAs(place.images(), IMAGES));
        steps.add(new Step.OpenAs(place.work(), WORK));
        namespaces.forEach(open -> steps.add(new Step.OpenAs(open.path(), open.descriptor())));
        List<String> words = new ArrayList<>(List.of("criu"));
        words.addAll(options);
        words.addAll(List.of("swrk", "" + CHANNEL));
        steps.add(new Step.Exec(words, List.of("PATH=" + place.path())));
        return steps;
    }
}
