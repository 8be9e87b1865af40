package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.IdMapping;
import io.troupe.supervisor.bundle.LinuxSection;
import io.troupe.supervisor.bundle.Namespaces;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Namespaces and id maps (config-linux.md, "Namespaces", "User namespace mappings", "Offset for Time Namespace"). */
final class NamespaceSteps {
    private static final List<Kind> OTHERS =
            List.of(Kind.NETWORK, Kind.IPC, Kind.UTS, Kind.CGROUP, Kind.TIME, Kind.PID);

    private NamespaceSteps() {}

    /** {@return flags of clone3(2): cgroup and time namespaces are made later} */
    static long cloneFlags(Namespaces namespaces, boolean network) {
        return namespaces.made().stream()
                .filter(kind -> kind != Kind.CGROUP && kind != Kind.TIME && !(kind == Kind.NETWORK && network))
                .mapToLong(Kind::cloneFlag)
                .reduce(0, (a, b) -> a | b);
    }

    /**
     * {@return what the joining process does} Root enters the user namespace after what may belong to its parent; others
     * have no rights before they entered it. The mount namespace is last: paths are looked up outside.
     */
    static List<Step> join(LinuxSection linux, boolean privileged) {
        List<Kind> order = new ArrayList<>(OTHERS);
        order.add(privileged ? order.size() : 0, Kind.USER);
        List<Step> steps = new ArrayList<>();
        for (Kind kind : order) {
            linux.namespaces()
                    .of(kind)
                    .filter(namespace -> !namespace.isNew())
                    .ifPresent(namespace -> steps.add(new Step.JoinNamespace(namespace.path(), kind.cloneFlag())));
        }
        linux.namespaces()
                .of(Kind.MOUNT)
                .filter(namespace -> !namespace.isNew())
                .ifPresent(namespace -> steps.add(new Step.JoinNamespace(namespace.path(), Kind.MOUNT.cloneFlag())));
        if (linux.namespaces().isNew(Kind.TIME)) {
            steps.add(new Step.Unshare(Kind.TIME.cloneFlag()));
            if (!linux.timeOffsets().isEmpty()) {
                steps.add(new Step.TimeOffsets(offsets(linux)));
            }
        }
        return steps;
    }

    /**
     * {@return what the joining process of an exec does} In a mount namespace that is the container's alone its root is that
     * of the container; in others only the container's process knows it.
     *
     * @param pid of the container's process
     */
    static List<Step> joinProcess(Namespaces namespaces, int pid) {
        boolean ownRoot = namespaces.isNew(Kind.MOUNT);
        List<Step> steps = new ArrayList<>();
        if (!ownRoot) {
            steps.add(new Step.RootOf(pid));
        }
        if (!namespaces.list().isEmpty()) {
            steps.add(new Step.JoinProcess(kinds(namespaces)));
        }
        if (!ownRoot) {
            steps.add(new Step.ChangeRoot());
        }
        return steps;
    }

    private static long kinds(Namespaces namespaces) {
        return namespaces.list().stream()
                .mapToLong(namespace -> namespace.kind().cloneFlag())
                .reduce(0, (a, b) -> a | b);
    }

    /**
     * {@return the maps of a new user namespace} Who is not privileged may map himself alone, and only if setgroups(2)
     * is denied first; more is granted by newuidmap(1) and newgidmap(1).
     */
    static Step mapIds(LinuxSection linux, boolean privileged) {
        if (byHelpers(linux, privileged)) {
            return new Step.MapIdsByHelpers(
                    words("/usr/bin/newgidmap", linux.gidMappings()), words("/usr/bin/newuidmap", linux.uidMappings()));
        }
        return new Step.MapIds(map(linux.uidMappings()), map(linux.gidMappings()), !privileged);
    }

    /** {@return whether groups can be left in the new user namespace} */
    static boolean maySetGroups(LinuxSection linux, boolean privileged) {
        return privileged || !linux.namespaces().isNew(Kind.USER) || byHelpers(linux, false);
    }

    private static boolean byHelpers(LinuxSection linux, boolean privileged) {
        return !privileged && (isMany(linux.uidMappings()) || isMany(linux.gidMappings()));
    }

    private static boolean isMany(List<IdMapping> ranges) {
        return ranges.stream().mapToLong(IdMapping::size).sum() > 1;
    }

    private static List<String> words(String program, List<IdMapping> ranges) {
        List<String> words = new ArrayList<>(List.of(program, "PID"));
        for (IdMapping range : ranges) {
            words.add(Long.toString(range.containerId()));
            words.add(Long.toString(range.hostId()));
            words.add(Long.toString(range.size()));
        }
        return words;
    }

    static String map(List<IdMapping> ranges) {
        return ranges.stream()
                .map(range -> range.containerId() + " " + range.hostId() + " " + range.size() + "\n")
                .collect(Collectors.joining());
    }

    private static String offsets(LinuxSection linux) {
        return linux.timeOffsets().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue().secs() + " "
                        + entry.getValue().nanosecs() + "\n")
                .collect(Collectors.joining());
    }
}
