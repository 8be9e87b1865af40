package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.DeviceNode;
import io.troupe.supervisor.bundle.MountEntry;
import io.troupe.supervisor.bundle.MountIds;
import io.troupe.supervisor.bundle.MountOptions;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Root file system, mounts and devices (config.md, "Root", "Mounts"; config-linux.md, "Devices", "Default Devices"). */
final class FileSystemSteps {
    private static final long READ_ONLY = 1;
    private static final long SLAVE_RECURSIVE = 0x80000 | 0x4000;
    private static final long UNBINDABLE = 0x20000;
    private static final int CHARACTER = 0020000;
    private static final int BLOCK = 0060000;
    private static final int FIFO = 0010000;
    /** Always a link to the container's own; podman lists the host's with all other devices of a privileged container. */
    private static final String PTMX = "/dev/ptmx";

    private static final Set<String> UNLABELLED = Set.of("proc", "sysfs", "mqueue");

    private final OciConfig config;
    private final CgroupSteps cgroups;
    private final boolean bindDevices;
    private List<Step> meeting;
    private final List<Step> steps = new ArrayList<>();
    private final List<Step> seals = new ArrayList<>();

    /** @param meeting what has to be done before the first cgroup is mounted */
    FileSystemSteps(OciConfig config, CgroupSteps cgroups, List<Step> meeting, boolean initialUserNamespace) {
        this.config = config;
        this.cgroups = cgroups;
        this.meeting = meeting;
        this.bindDevices = !initialUserNamespace || config.linux().namespaces().has(Kind.USER);
    }

    /**
     * {@return everything up to the point where the mounts are there and the root has not been entered}
     *
     * @param place where the root is mounted if others are in the mount namespace
     */
    List<Step> furnish(String rootfs, String place) {
        if (!config.linux().namespaces().isNew(Kind.MOUNT)) {
            steps.add(new Step.SharedRoot(rootfs, place));
        } else {
            ownRoot(rootfs);
        }
        config.mounts().forEach(this::mount);
        boolean hostDevices = config.mounts().stream()
                .anyMatch(mount -> mount.bind() && mount.destination().equals("/dev"));
        if (!hostDevices) {
            devices();
        }
        return List.copyOf(steps);
    }

    private void ownRoot(String rootfs) {
        long propagation = config.linux().rootfsPropagation();
        boolean unbindable = (propagation & UNBINDABLE) != 0;
        // Nothing could be bound into the root any more: the root becomes unbindable at the end.
        steps.add(new Step.Propagation(propagation == 0 || unbindable ? SLAVE_RECURSIVE : propagation));
        steps.add(new Step.Root(rootfs));
        if (config.root().borrowed()) {
            steps.add(new Step.HostReadOnly());
        }
    }

    /** {@return what makes filled file systems read-only} */
    List<Step> seal() {
        return List.copyOf(seals);
    }

    private void mount(MountEntry mount) {
        MountOptions options = mount.options();
        if (mount.destination().equals(config.extensions().legacySystemd())) {
            legacySystemd(mount);
        } else if (options.remount()) {
            steps.add(new Step.Remount(mount.destination(), options.set(), options.clear()));
        } else if (mount.bind()) {
            if (options.ids() != null) {
                steps.add(new Step.TakeTree());
            }
            bind(mount.source(), mount.destination(), options);
        } else if (isCgroup(mount)) {
            cgroup(mount);
        } else {
            boolean late = mount.type().equals("tmpfs") && (options.set() & READ_ONLY) != 0;
            long attributes = late ? options.set() & ~READ_ONLY : options.set();
            steps.add(new Step.Mount(
                    mount.type(),
                    mount.source(),
                    mount.destination(),
                    attributes,
                    labelled(mount.type(), options.data()),
                    options.propagation(),
                    options.copyUp()));
            if (late) {
                seals.add(new Step.Remount(mount.destination(), READ_ONLY, 0));
            }
        }
    }

    /** A label for all of a new file system (mount(8), "context="); kinds that label their files themselves have none. */
    private List<String> labelled(String type, List<String> data) {
        String label = config.linux().mountLabel();
        if (label.isEmpty() || UNLABELLED.contains(type)) {
            return data;
        }
        List<String> all = new ArrayList<>(data);
        all.add(config.extensions().labelOption() + "=" + label);
        return all;
    }

    private void bind(String source, String target, MountOptions options) {
        steps.add(new Step.Bind(
                source,
                target,
                options.recursive(),
                options.set(),
                options.clear(),
                options.setAll(),
                options.clearAll(),
                options.propagation(),
                options.links()));
    }

    /** {@return what the client makes of the host's mounts, in the order in which the process takes them} */
    static List<Step> trees(OciConfig config) {
        List<Step> trees = new ArrayList<>();
        for (MountEntry mount : config.mounts()) {
            MountIds ids = mount.options().ids();
            if (ids != null) {
                trees.add(new Step.MapTree(
                        mount.source(),
                        mount.options().recursive(),
                        (mount.options().links() & MountOptions.SOURCE_ITSELF) != 0,
                        NamespaceSteps.map(ids.uids()),
                        NamespaceSteps.map(ids.gids()),
                        ids.namespace(),
                        ids.recursive()));
            }
        }
        return trees;
    }

    /** As crun has it, for a systemd in the container that does not know version 2. */
    private void legacySystemd(MountEntry mount) {
        long attributes = mount.options().set() & ~READ_ONLY;
        steps.add(new Step.Mount("tmpfs", "tmpfs", mount.destination(), attributes, List.of("mode=755"), 0, false));
        steps.add(new Step.Mount(
                "cgroup",
                "cgroup",
                mount.destination() + "/systemd",
                mount.options().set(),
                List.of("none", "name=systemd", "xattr"),
                0,
                false));
        if ((mount.options().set() & READ_ONLY) != 0) {
            seals.add(new Step.Remount(mount.destination(), READ_ONLY, 0));
        }
    }

    /** {@return whether a mount shows the container's cgroups} */
    static boolean isCgroup(MountEntry mount) {
        return mount.type().equals("cgroup") || mount.type().equals("cgroup2");
    }

    private void cgroup(MountEntry mount) {
        steps.addAll(meeting);
        meeting = List.of();
        boolean own = config.linux().namespaces().has(Kind.CGROUP);
        MountOptions options = mount.options();
        if (cgroups.isUnified()) {
            if (own) {
                steps.add(new Step.Mount(
                        "cgroup2",
                        "cgroup",
                        mount.destination(),
                        options.set(),
                        List.of(),
                        options.propagation(),
                        false));
            } else {
                cgroups.hierarchies()
                        .forEach(hierarchy -> bind(cgroups.directory(hierarchy), mount.destination(), options));
            }
            return;
        }
        long attributes = options.set() & ~READ_ONLY;
        steps.add(new Step.Mount("tmpfs", "tmpfs", mount.destination(), attributes, List.of("mode=755"), 0, false));
        cgroups.hierarchies().forEach(hierarchy -> legacyCgroup(hierarchy, mount, own));
        if ((options.set() & READ_ONLY) != 0) {
            seals.add(new Step.Remount(mount.destination(), READ_ONLY, 0));
        }
    }

    private void legacyCgroup(Hierarchy hierarchy, MountEntry mount, boolean own) {
        MountOptions options = mount.options();
        String name = hierarchy.mountPoint().substring(hierarchy.mountPoint().lastIndexOf('/') + 1);
        String target = mount.destination() + "/" + name;
        if (own) {
            List<String> data = new ArrayList<>(hierarchy.controllers());
            if (data.getFirst().startsWith("name=")) {
                data.addFirst("none");
            }
            steps.add(new Step.Mount("cgroup", "cgroup", target, options.set(), data, 0, false));
        } else {
            bind(cgroups.directory(hierarchy), target, options);
        }
        hierarchy.controllers().stream()
                .filter(controller -> hierarchy.controllers().size() > 1 && !controller.equals(name))
                .forEach(controller -> steps.add(new Step.Symlink(name, mount.destination() + "/" + controller)));
    }

    private void devices() {
        standard("null", 1, 3);
        standard("zero", 1, 5);
        standard("full", 1, 7);
        standard("random", 1, 8);
        standard("urandom", 1, 9);
        standard("tty", 5, 0);
        config.linux().devices().stream()
                .filter(device -> !device.path().equals(PTMX))
                .forEach(this::device);
        steps.add(new Step.Symlink("/proc/self/fd", "/dev/fd"));
        steps.add(new Step.Symlink("/proc/self/fd/0", "/dev/stdin"));
        steps.add(new Step.Symlink("/proc/self/fd/1", "/dev/stdout"));
        steps.add(new Step.Symlink("/proc/self/fd/2", "/dev/stderr"));
        steps.add(new Step.Symlink("pts/ptmx", PTMX));
        steps.add(new Step.NullStreams());
    }

    /** A device of that path in the configuration comes in place of the standard one. */
    private void standard(String name, int major, int minor) {
        String path = "/dev/" + name;
        if (config.linux().devices().stream().noneMatch(device -> device.path().equals(path))) {
            steps.add(new Step.Device(path, CHARACTER | 0666, major, minor, 0, 0, bindDevices));
        }
    }

    private void device(DeviceNode node) {
        int type = node.type() == 'b' ? BLOCK : node.type() == 'p' ? FIFO : CHARACTER;
        steps.add(new Step.Device(
                node.path(),
                type | node.mode(),
                node.major(),
                node.minor(),
                (int) node.uid(),
                (int) node.gid(),
                bindDevices));
    }
}
