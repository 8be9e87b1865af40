package io.troupe.supervisor.bundle;

import java.util.List;

/**
 * Programs run at points of a container's life, each list in order.
 *
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#posix-platform-hooks Runtime
 *     Specification, Hooks
 */
public record Hooks(
        List<Hook> prestart,
        List<Hook> createRuntime,
        List<Hook> createContainer,
        List<Hook> startContainer,
        List<Hook> poststart,
        List<Hook> poststop) {
    /** No hooks. */
    public static final Hooks NONE = new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    /**
     * One program.
     *
     * @param path absolute
     * @param args argv with argv[0]; empty means the path alone
     * @param timeoutSeconds 0 for none
     */
    public record Hook(String path, List<String> args, List<String> env, int timeoutSeconds) {}
}
