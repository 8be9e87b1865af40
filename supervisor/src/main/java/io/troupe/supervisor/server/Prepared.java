package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.host.Cgroups;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.systemd.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A launch that has been planned, and touched nothing yet.
 *
 * @param config config.json as it was read
 * @param pidFile absolute; null for none
 * @param warnings for the caller, a line each
 * @param remarks for a caller who asks for details
 * @param word of the command line: {@code create} or {@code run}
 * @param ahead whether the client may begin before the intent is recorded
 * @param network whether the descriptor of a new network namespace goes with the plan
 * @param notifyAddress of the caller's service manager, for what the container tells it; null for none
 * @param scope that systemd is to make; null for none
 */
record Prepared(
        ContainerName name,
        LaunchPlan plan,
        Blueprint blueprint,
        String config,
        @Nullable Path pidFile,
        List<String> warnings,
        Supplier<List<String>> remarks,
        String word,
        boolean ahead,
        boolean network,
        @Nullable String notifyAddress,
        @Nullable Scope scope) {
    /** The client's words (launch.c) for a process that SIGKILL ended. */
    private static final String KILLED = "killed by signal 9 ";

    /** {@return a step's failure for the caller} */
    Failure told(StepFailure failure) {
        Failure told = Wordings.failure(name, plan, failure);
        String reason = file(failure).flatMap(Resctrl::reason).orElse("");
        if (!reason.isEmpty()) {
            return new Failure(told.code(), told.where(), told.what() + ": " + reason, told.remedy());
        }
        boolean killed = failure.errno() == 0 && failure.detail().contains(KILLED);
        return killed && Cgroups.outOfMemoryKills(blueprint.footprint().cgroups()) > 0
                ? new Failure(
                        told.code(),
                        told.where(),
                        told.what() + ": memory ran out in its cgroup",
                        "Raise linux.resources.memory.limit")
                : told;
    }

    /** {@return the host's file or directory that a step is about, if it is one that makes or writes them} */
    private Optional<String> file(StepFailure failure) {
        List<Step> steps = plan.steps(failure.section());
        return failure.index() >= steps.size()
                ? Optional.empty()
                : switch (steps.get(failure.index())) {
                    case Step.MakeDirectory(var path, var _, var _) -> Optional.of(path);
                    case Step.WriteFile(var path, var _) -> Optional.of(path);
                    case Step.WritePid(var paths) -> Optional.of(paths.getLast());
                    default -> Optional.empty();
                };
    }

    /** {@return a step's failure as one clause, for the journal} */
    String words(StepFailure failure) {
        return Wordings.clause(name, plan, failure);
    }
}
