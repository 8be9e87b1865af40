package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.Extensions;
import io.troupe.supervisor.bundle.Hooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Hooks and the state that they read (config.md, "POSIX-platform Hooks"; runtime.md, "State"). */
final class HookSteps {
    private final String head;
    private final String tail;

    HookSteps(String ociVersion, String id, String bundle, Map<String, String> annotations) {
        head = "{\"ociVersion\":" + quoted(ociVersion) + ",\"id\":" + quoted(id) + ",\"status\":";
        tail = ",\"bundle\":" + quoted(bundle) + ",\"annotations\":"
                + annotations.entrySet().stream()
                        .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue()))
                        .collect(Collectors.joining(",", "{", "}"))
                + "}";
    }

    /** {@return what opens the files that hooks write to, if annotations name any} */
    static List<Step> output(Extensions extensions) {
        return extensions.hookOutput().isEmpty() && extensions.hookErrors().isEmpty()
                ? List.of()
                : List.of(new Step.HookOutput(extensions.hookOutput(), extensions.hookErrors()));
    }

    /**
     * {@return a step a hook}
     *
     * @param kind such as {@code prestart}
     * @param pid 0 for the plan's own process
     */
    List<Step> of(String kind, List<Hooks.Hook> hooks, String status, int pid, boolean mayFail) {
        List<Step> steps = new ArrayList<>();
        for (Hooks.Hook hook : hooks) {
            steps.add(new Step.Hook(
                    kind + "[" + steps.size() + "]",
                    hook.path(),
                    hook.args(),
                    hook.env(),
                    Math.multiplyExact(hook.timeoutSeconds(), 1000),
                    head + quoted(status) + ",\"pid\":",
                    tail,
                    pid,
                    mayFail));
        }
        return steps;
    }

    /**
     * {@return the container process state of config-linux.md, "Seccomp", in parts between which stands the pid of the
     * process that has the filter}
     *
     * @param pid of the container's process; 0 for the one that has the filter
     */
    List<String> listenerState(String ociVersion, String metadata, String status, int pid) {
        String first = "{\"ociVersion\":" + quoted(ociVersion) + ",\"fds\":[\"seccompFd\"],\"pid\":";
        String second = ",\"metadata\":" + quoted(metadata) + ",\"state\":" + head + quoted(status) + ",\"pid\":";
        return pid == 0 ? List.of(first, second, tail + "}") : List.of(first, second + pid + tail + "}");
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
