package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The program of a container, or of an exec.
 *
 * @param args argv; not empty, nor is its first, but for {@link #NONE}
 * @param env each {@code NAME=value}, in order
 * @param cwd absolute, inside the container
 * @param consoleSize null to take the caller's; only with {@code terminal}
 * @param oomScoreAdj -1000 to 1000; null to leave it
 * @param labels for security modules, which the host may not have
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#process Runtime Specification, Process
 */
public record ProcessSection(
        List<String> args,
        List<String> env,
        String cwd,
        User user,
        boolean terminal,
        @Nullable ConsoleSize consoleSize,
        List<ResourceLimit> rlimits,
        CapabilitySets capabilities,
        boolean noNewPrivileges,
        @Nullable Integer oomScoreAdj,
        Scheduling scheduling,
        SecurityLabels labels) {

    /** Stands for no process at all: a container with it can be created and not started. It may do nothing. */
    public static final ProcessSection NONE = new ProcessSection(
            List.of(),
            List.of(),
            "/",
            new User(0, 0, List.of(), null),
            false,
            null,
            List.of(),
            CapabilitySets.NONE,
            true,
            null,
            Scheduling.INHERITED,
            SecurityLabels.NONE);

    /** {@return the same program with more variables} */
    public ProcessSection with(List<String> variables) {
        if (variables.isEmpty()) {
            return this;
        }
        List<String> all = Stream.concat(env.stream(), variables.stream()).toList();
        return new ProcessSection(
                args,
                all,
                cwd,
                user,
                terminal,
                consoleSize,
                rlimits,
                capabilities,
                noNewPrivileges,
                oomScoreAdj,
                scheduling,
                labels);
    }

    /**
     * Who runs the program. Ids are those inside the container's user namespace, 0 to 2^32-2.
     *
     * @param additionalGids supplementary groups, possibly none
     * @param umask 0 to 0777; null for the runtime's default
     */
    public record User(
            long uid,
            long gid,
            List<Long> additionalGids,
            @Nullable Integer umask) {}

    /** Size of the terminal in characters, each 0 to 65535. */
    public record ConsoleSize(int height, int width) {}
}
