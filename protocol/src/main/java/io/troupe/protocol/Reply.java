package io.troupe.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What a supervisor answers. */
public sealed interface Reply {

    /** It is done, and there is nothing more to say. */
    record Done() implements Reply {}

    /** It cannot be done. */
    record Failed(Failure failure) implements Reply {}

    /** The process of run, exec or wait has ended so. */
    record Ended(ExitCause cause) implements Reply {}

    /**
     * The state of a container (runtime.md, "State") and what Troupe adds.
     *
     * @param pid the container's process as the supervisor sees it; 0 unless created, running or paused
     * @param bundle absolute path
     * @param owner name of the user who asked for it, or the uid in digits
     * @param exit how it ended; null unless it has
     */
    record ContainerState(
            ContainerName name,
            String ociVersion,
            Status status,
            int pid,
            String bundle,
            String rootfs,
            Map<String, String> annotations,
            Instant created,
            String owner,
            @Nullable ExitCause exit)
            implements Reply {}

    /** Containers, by id. */
    record Listing(List<ContainerState> containers) implements Reply {}

    /**
     * Processes of a container.
     *
     * @param pids as the supervisor sees them, ascending
     * @param table lines of ps(1) with their header; empty if it was not asked
     */
    record Processes(List<Integer> pids, List<String> table) implements Reply {}

    /**
     * What a container uses, or that it ran out of memory.
     *
     * @param type {@code stats} or {@code oom}
     * @param data numbers, lists and maps under runc's names; null for {@code oom}
     */
    record Used(ContainerName name, String type, @Nullable Map<String, Object> data) implements Reply {}

    /** A container's life, oldest first. */
    record Life(ContainerName name, List<HistoryEntry> entries) implements Reply {}

    /**
     * Why a container is as it is.
     *
     * @param sentence the present state in plain words
     * @param chain what led to it in this incarnation, the latest first; each names what caused it
     */
    record Explanation(ContainerName name, String sentence, List<HistoryEntry> chain) implements Reply {}

    /** One event of a stream. */
    record Event(HistoryEntry entry) implements Reply {}

    /**
     * A launch plan as data for people: sections in order, each a list of steps.
     *
     * @param cloneFlags names of the namespaces made at birth
     */
    record PlanListing(List<String> cloneFlags, Map<String, List<PlannedStep>> sections) implements Reply {}

    /**
     * One step of a plan.
     *
     * @param arguments in order, as text
     */
    record PlannedStep(String name, Map<String, String> arguments) {}

    /** A file that was written. */
    record Written(String path) implements Reply {}

    /** Facts by dotted name: versions, kernel, cgroup layout, paths, features. */
    record Information(SortedMap<String, String> facts) implements Reply {}

    /**
     * What the runtime has of the specification.
     *
     * @param structure maps, lists, strings and booleans, as features.md has them
     * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/features.md Runtime Specification, Features
     *     Structure
     */
    record Features(Map<String, Object> structure) implements Reply {}

    /**
     * @param counts containers by status word
     */
    record SupervisorStatus(
            int pid,
            String version,
            String dataDirectory,
            String runDirectory,
            Instant startedAt,
            long uptimeMillis,
            Map<String, Integer> counts)
            implements Reply {}

    /**
     * What verify found: one line each; empty if all is well.
     *
     * @param checked how many containers it looked at
     */
    record Findings(int checked, List<String> lines) implements Reply {}
}
