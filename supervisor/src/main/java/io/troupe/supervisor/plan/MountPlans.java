package io.troupe.supervisor.plan;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.MountEntry;
import io.troupe.supervisor.bundle.MountOptions;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Plans that change the mounts of a container that lives: made by the client, attached inside by who joins it. */
public final class MountPlans {
    /** A new one of these shows namespaces: those of who makes it, which are the host's. */
    private static final Set<String> OF_NAMESPACES = Set.of("proc", "sysfs", "mqueue", "devpts", "cgroup", "cgroup2");

    private MountPlans() {}

    /**
     * {@return the plan that adds mounts}
     *
     * @throws FailureException UNSUPPORTED for what only create can mount
     */
    public static LaunchPlan add(List<MountEntry> mounts) {
        List<Step> made = new ArrayList<>();
        List<Step> attached = new ArrayList<>();
        for (int i = 0; i < mounts.size(); i++) {
            made.add(made(mounts.get(i), "mounts[" + i + "]"));
            attached.add(new Step.AttachTree(mounts.get(i).destination()));
        }
        return plan(made, attached);
    }

    /** {@return the plan that takes mounts away, those of the last destination first} */
    public static LaunchPlan remove(List<String> destinations) {
        return plan(
                List.of(),
                destinations.reversed().stream().<Step>map(Step.Detach::new).toList());
    }

    private static LaunchPlan plan(List<Step> before, List<Step> inside) {
        List<Step> join = new ArrayList<>();
        join.add(new Step.JoinProcess(Kind.MOUNT.cloneFlag()));
        join.addAll(inside);
        return new LaunchPlan(0, false, Set.of(), before, join, List.of(), List.of());
    }

    private static Step made(MountEntry mount, String where) {
        MountOptions options = mount.options();
        if (mount.bind()) {
            return new Step.OpenTree(
                    mount.source(),
                    options.recursive(),
                    options.set(),
                    options.clear(),
                    options.setAll(),
                    options.clearAll(),
                    options.propagation());
        }
        if (OF_NAMESPACES.contains(mount.type())) {
            throw unsupported(where + ".type", mount.type() + " would show the host's namespaces");
        }
        if (options.copyUp()) {
            throw unsupported(where + ".options", "tmpcopyup is for create alone");
        }
        return new Step.NewTree(mount.type(), mount.source(), options.set(), options.data(), options.propagation());
    }

    private static FailureException unsupported(String where, String what) {
        return new FailureException(FailureCode.UNSUPPORTED, where, what, "Leave it out");
    }
}
