package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.CapabilitySets;
import io.troupe.supervisor.bundle.Execution;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.bundle.SeccompProfile.Listener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of the process, the same for create and exec (config.md, "Process"). A filter needs either
 * no_new_privileges or a capability, so without the former it is loaded before the change of user. Whatever comes after
 * a filter comes after the gate. The working directory is entered before the change of user, or else after it.
 */
final class ProcessSteps {
    private static final String HOME = "HOME";
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final ProcessSection process;
    private final @Nullable ProcessFilter filter;
    private final Execution execution;
    private final Grant grant;
    private final Function<Listener, List<String>> listenerState;
    private final List<Step> steps = new ArrayList<>();

    /** @param listenerState parts of what the filter's listener is sent; unused without one */
    ProcessSteps(
            ProcessSection process,
            Execution execution,
            @Nullable ProcessFilter filter,
            Grant grant,
            Function<Listener, List<String>> listenerState) {
        this.process = process;
        this.filter = filter;
        this.execution = execution;
        this.listenerState = listenerState;
        this.grant = grant;
    }

    /**
     * {@return the steps from inside the root to the program, or to the gate if there is none}
     *
     * @param keyring empty to keep the caller's
     */
    List<Step> steps(String keyring, boolean keepGroups, List<Step> startHooks, int preserveFds) {
        steps.add(process.terminal() ? new Step.Terminal() : new Step.NewSession());
        LabelSteps labels = new LabelSteps(process.labels());
        if (!keyring.isEmpty()) {
            steps.addAll(labels.around(new Step.Keyring(keyring)));
        }
        steps.addAll(labels.atExec());
        process.rlimits()
                .forEach(limit -> steps.add(new Step.ResourceLimit(limit.resource(), limit.soft(), limit.hard())));
        steps.addAll(SchedulingSteps.of(process.scheduling(), execution));
        if (process.noNewPrivileges()) {
            steps.add(new Step.NoNewPrivileges());
        }
        steps.add(new Step.WorkingDirectory(process.cwd(), true));
        boolean early = filter != null && !process.noNewPrivileges();
        if (!early) {
            identity(keepGroups);
        }
        if (process.args().isEmpty()) {
            // Nothing is to be started, and the container refuses to.
            steps.add(new Step.Gate());
            return List.copyOf(steps);
        }
        Map<String, String> environment = environment();
        if (environment.getOrDefault(HOME, "").isEmpty()) {
            environment.remove(HOME);
            steps.add(new Step.Home(process.user().uid()));
        }
        String path = environment.getOrDefault("PATH", DEFAULT_PATH);
        steps.add(new Step.FindProgram(process.args().getFirst(), path));
        if (filter != null && filter.listener() != null) {
            steps.add(new Step.TakeAgent());
        }
        steps.add(new Step.Gate());
        steps.addAll(startHooks);
        steps.add(new Step.CloseFrom(preserveFds));
        if (filter != null) {
            steps.add(filter.step(listenerState));
        }
        if (early) {
            identity(keepGroups);
        }
        steps.add(new Step.Exec(
                process.args(),
                environment.entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList()));
        return List.copyOf(steps);
    }

    private void identity(boolean keepGroups) {
        CapabilitySets sets = grant.of(process.capabilities());
        ProcessSection.User user = process.user();
        steps.add(new Step.BoundingCapabilities(sets.bounding()));
        steps.add(new Step.User(user.uid(), user.gid(), user.additionalGids(), keepGroups));
        steps.add(new Step.Capabilities(sets.effective(), sets.permitted(), sets.inheritable(), sets.ambient()));
        Integer umask = user.umask();
        if (umask != null) {
            steps.add(new Step.Umask(umask));
        }
        steps.add(new Step.WorkingDirectory(process.cwd(), false));
    }

    /** Of a variable that is there twice the last one counts, as in runc: exec adds to the container's. */
    private Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String entry : process.env()) {
            int equals = entry.indexOf('=');
            variables.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return variables;
    }
}
