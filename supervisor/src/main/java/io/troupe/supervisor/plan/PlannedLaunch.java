package io.troupe.supervisor.plan;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.supervisor.systemd.Scope;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A plan and what its launch will leave on the host.
 *
 * @param cgroups the container's own cgroup directories, absolute, one a hierarchy; none for an exec
 * @param spare those in hierarchies that it is not in, should an update need them
 * @param warnings what the process will not get, a line each
 * @param remarks what is as other runtimes have it too, for who asks for details, a line each; worked out when asked for
 * @param ahead whether the client may begin before the intent is recorded: what it makes ends with it, but for directory
 *     and cgroups
 * @param network whether the descriptor of a new network namespace goes with the plan
 * @param scope that systemd is to put the process in before {@link Step.AwaitScope} ends; null for none
 */
public record PlannedLaunch(
        LaunchPlan plan,
        List<String> cgroups,
        List<String> spare,
        List<String> warnings,
        Supplier<List<String>> remarks,
        boolean ahead,
        boolean network,
        @Nullable Scope scope) {
    /** Without systemd, and without anything worth a remark. */
    PlannedLaunch(LaunchPlan plan, List<String> cgroups, List<String> warnings) {
        this(plan, cgroups, List.of(), warnings, List::of, false, false, null);
    }

    public PlannedLaunch {
        cgroups = List.copyOf(cgroups);
        spare = List.copyOf(spare);
        warnings = List.copyOf(warnings);
    }

    /** {@return what each child step behind the gate does, by its index: start tells failures with it} */
    public SortedMap<Integer, String> lateSteps() {
        SortedMap<Integer, String> late = new TreeMap<>();
        int gate = plan.child().indexOf(new Step.Gate());
        for (int i = gate + 1; gate >= 0 && i < plan.child().size(); i++) {
            late.put(i, StepText.describe(plan.child().get(i)));
        }
        return late;
    }
}
