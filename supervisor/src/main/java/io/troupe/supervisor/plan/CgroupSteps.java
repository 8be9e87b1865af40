package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.systemd.Property;
import io.troupe.syscall.FileSystems;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The container's cgroups (config-linux.md, "Control groups"). An absolute path begins at the root of each hierarchy; a
 * relative one, and the default if there is none, at the supervisor's own cgroup, or on version 2 beside it, because a
 * cgroup with processes cannot pass controllers on. Of version 1, cpuset is used only once it is asked for, because its
 * cgroups begin empty and then each one on the way has to be filled.
 */
final class CgroupSteps {
    private static final int DIRECTORY_MODE = 0755;
    private static final String PROCS = "/cgroup.procs";

    private final CgroupLayout layout;
    private final HostFacts host;
    private final Resources resources;
    private final String path;
    private final List<Step> steps = new ArrayList<>();
    private @Nullable Long owner;
    private boolean scoped;
    private String below = "";
    private String delegated = "";

    CgroupSteps(HostFacts host, Resources resources, @Nullable String cgroupsPath, String byDefault) {
        this.layout = host.cgroups();
        this.host = host;
        this.resources = resources;
        this.path = cgroupsPath == null || cgroupsPath.isEmpty() ? byDefault : cgroupsPath;
    }

    /**
     * Gives the cgroup of version 2 to a user: version 1 cannot be given away safely.
     *
     * @param uid of the host; null to keep it
     */
    CgroupSteps ownedBy(@Nullable Long uid) {
        owner = uid;
        return this;
    }

    /**
     * The process is in a scope of systemd's before these steps, which then fill what systemd has made.
     *
     * @param subgroup relative path of the cgroup in there that is the container's; "" if it is the scope's own
     */
    CgroupSteps scoped(boolean bySystemd, String subgroup) {
        scoped = bySystemd;
        below = bySystemd ? subgroup : "";
        return this;
    }

    /**
     * Has the process go on to a cgroup below the container's, of version 2, where it may do as it likes.
     *
     * @param path relative; "" if it stays
     * @throws FailureException UNSUPPORTED
     */
    CgroupSteps delegating(String path) {
        if (!path.isEmpty() && hierarchies().isEmpty()) {
            throw cannotDelegate("the container gets no cgroups");
        }
        if (!path.isEmpty() && !layout.isUnified()) {
            throw cannotDelegate("a cgroup of version 1 cannot be given away safely");
        }
        delegated = path;
        return this;
    }

    private static FailureException cannotDelegate(String why) {
        return new FailureException(
                FailureCode.UNSUPPORTED,
                "config.json: annotations[\"run.oci.delegate-cgroup\"]",
                why,
                "Remove the annotation");
    }

    boolean delegates() {
        return !delegated.isEmpty();
    }

    boolean isScoped() {
        return scoped;
    }

    boolean isUnified() {
        return layout.isUnified();
    }

    /** {@return whether the process is born in its cgroup, rather than moved there} */
    boolean atBirth() {
        return layout.isUnified() && !scoped;
    }

    /** {@return the hierarchies that the container has a cgroup of its own in} */
    List<Hierarchy> hierarchies() {
        if (layout.isUnified()) {
            return layout.unified().stream().toList();
        }
        boolean cpuset =
                !resources.cpu().cpus().isEmpty() || !resources.cpu().mems().isEmpty();
        return layout.hierarchies().stream()
                .filter(hierarchy -> cpuset || !hierarchy.controllers().equals(List.of("cpuset")))
                .toList();
    }

    /** {@return its directories, absolute} */
    List<String> directories() {
        return hierarchies().stream().map(this::directory).toList();
    }

    /** {@return its directories in hierarchies of cpuset alone that it is not in: an update makes them when it has to} */
    List<String> spare() {
        if (layout.isUnified()) {
            return List.of();
        }
        List<Hierarchy> entered = hierarchies();
        return layout.hierarchies().stream()
                .filter(hierarchy -> !entered.contains(hierarchy))
                .map(this::directory)
                .toList();
    }

    String directory(Hierarchy hierarchy) {
        return hierarchy.directory(inner(hierarchy));
    }

    private String inner(Hierarchy hierarchy) {
        String outer = outer(hierarchy);
        return below.isEmpty() ? outer : outer + "/" + below;
    }

    private String outer(Hierarchy hierarchy) {
        if (path.startsWith("/")) {
            return path;
        }
        String own = hierarchy.own();
        String base = layout.isUnified() ? own.substring(0, Math.max(0, own.lastIndexOf('/'))) : own;
        return (base.equals("/") ? "" : base) + "/" + path;
    }

    /** What is mounted there may be gone when the step is carried out: no plain directory shall come of it. */
    private static Step directory(String path, long fileSystem) {
        return new Step.MakeDirectory(path, DIRECTORY_MODE, fileSystem);
    }

    /** {@return the limits, as properties of the unit that systemd makes} */
    List<Property> properties() {
        return ScopeProperties.of(
                layout.isUnified() ? UnifiedResources.writes(resources) : LegacyResources.writes(resources));
    }

    /**
     * {@return the steps that make and fill the cgroups} If it is born in them they come before the process; else the client
     * does them while the process does other things.
     */
    List<Step> make() {
        if (layout.isUnified()) {
            layout.unified().ifPresent(this::unified);
        } else {
            hierarchies().forEach(this::legacyDirectory);
            legacy();
        }
        return List.copyOf(steps);
    }

    /**
     * {@return the files that take the process's pid once it exists; none if it is born in its cgroup, or systemd has put it
     * there: on version 1 that leaves out the hierarchies that systemd does not use}
     */
    List<String> procs() {
        return layout.isUnified()
                ? List.of()
                : directories().stream().map(directory -> directory + PROCS).toList();
    }

    /** {@return the files by which the process enters by itself; none if it is moved, or born in its cgroup} */
    List<String> tasks() {
        return layout.isUnified() || scoped
                ? List.of()
                : directories().stream().map(directory -> directory + "/tasks").toList();
    }

    // ---- version 1

    private void legacyDirectory(Hierarchy hierarchy) {
        steps.add(directory(directory(hierarchy), FileSystems.CGROUP_SUPER_MAGIC));
        if (hierarchy.controllers().contains("cpuset")) {
            String parent = hierarchy.mountPoint();
            for (String cgroup : way(hierarchy)) {
                steps.add(new Step.Inherit(cgroup + "/cpuset.cpus", parent + "/cpuset.cpus"));
                steps.add(new Step.Inherit(cgroup + "/cpuset.mems", parent + "/cpuset.mems"));
                parent = cgroup;
            }
        }
    }

    /** {@return the directories from below the root of a hierarchy to the container's own} */
    private List<String> way(Hierarchy hierarchy) {
        String inner = inner(hierarchy);
        List<String> way = new ArrayList<>();
        for (int slash = inner.indexOf('/', 1); slash > 0; slash = inner.indexOf('/', slash + 1)) {
            way.add(hierarchy.mountPoint() + inner.substring(0, slash));
        }
        way.add(hierarchy.mountPoint() + inner);
        return way;
    }

    private void legacy() {
        for (ControlWrite write : LegacyResources.writes(resources)) {
            Hierarchy hierarchy = layout.hierarchyOf(write.controller()).orElseThrow(() -> noController(write));
            steps.add(write.step(directory(hierarchy)));
        }
        if (DeviceRules.mayBeSet(host)) {
            layout.hierarchyOf("devices").ifPresent(this::legacyDevices);
        }
    }

    private void legacyDevices(Hierarchy hierarchy) {
        for (LegacyDevices.Write write : LegacyDevices.writes(DeviceRules.complete(resources.devices()))) {
            steps.add(new Step.WriteFile(directory(hierarchy) + "/" + write.file(), write.line()));
        }
    }

    // ---- version 2

    private void unified(Hierarchy hierarchy) {
        List<ControlWrite> writes = UnifiedResources.writes(resources);
        String directory = directory(hierarchy);
        if (!below.isEmpty()) {
            // The scope passes controllers on only while no process is in it.
            steps.add(directory(directory, FileSystems.CGROUP2_SUPER_MAGIC));
            steps.add(new Step.WritePid(List.of(directory + PROCS)));
        }
        enable(hierarchy, writes);
        steps.add(directory(directory, FileSystems.CGROUP2_SUPER_MAGIC));
        writes.forEach(write -> steps.add(write.step(directory)));
        if (DeviceRules.mayBeSet(host)) {
            steps.add(new Step.DeviceFilter(directory, DeviceProgram.of(DeviceRules.complete(resources.devices()))));
        }
        if (owner != null && host.uid() == 0) {
            steps.add(new Step.OwnCgroup(directory, host.delegate(), owner));
        }
        if (!scoped) {
            steps.add(new Step.IntoCgroup(directory));
        }
    }

    /** A cgroup has the files of those controllers alone that all cgroups above it pass on. */
    private void enable(Hierarchy hierarchy, List<ControlWrite> writes) {
        for (ControlWrite write : writes) {
            if (!write.controller().isEmpty() && !hierarchy.controllers().contains(write.controller())) {
                throw noController(write);
            }
        }
        List<String> wanted = wanted(hierarchy, writes);
        if (wanted.isEmpty()) {
            return;
        }
        steps.add(new Step.EnableControllers(hierarchy.mountPoint(), wanted));
        List<String> way = way(hierarchy);
        for (String above : way.subList(0, way.size() - 1)) {
            steps.add(directory(above, FileSystems.CGROUP2_SUPER_MAGIC));
            steps.add(new Step.EnableControllers(above, wanted));
        }
    }

    /** Who manages a cgroup of its own may want any controller. */
    private List<String> wanted(Hierarchy hierarchy, List<ControlWrite> writes) {
        boolean all = delegates() && DeviceRules.mayBeSet(host);
        return Stream.concat(
                        writes.stream().map(ControlWrite::controller),
                        all ? hierarchy.controllers().stream() : Stream.empty())
                .filter(controller -> !controller.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    /** {@return the steps that move the process below its cgroup, once the cgroup is made} */
    List<Step> delegate() {
        List<Step> below = new ArrayList<>();
        layout.unified().ifPresent(hierarchy -> {
            String directory = directory(hierarchy);
            String inside = directory + "/" + delegated;
            below.add(directory(inside, FileSystems.CGROUP2_SUPER_MAGIC));
            below.add(new Step.WritePid(List.of(inside + PROCS)));
            List<String> wanted = wanted(hierarchy, UnifiedResources.writes(resources));
            for (int end = directory.length(); end > 0 && !wanted.isEmpty(); end = inside.indexOf('/', end + 1)) {
                below.add(new Step.EnableControllers(inside.substring(0, end), wanted));
            }
            if (owner != null && host.uid() == 0) {
                below.add(new Step.OwnCgroup(inside, host.delegate(), owner));
            }
        });
        return below;
    }

    private FailureException noController(ControlWrite write) {
        boolean root = host.uid() == 0 && host.initialUserNamespace();
        boolean none = hierarchies().isEmpty();
        String what = root && none
                ? "the container gets no cgroups"
                : (root ? "this host has" : "this user was delegated") + " no cgroup controller " + write.controller();
        return UnifiedResources.unsupported(write.field(), what + (none ? ", or --cgroup-manager is disabled" : ""));
    }
}
