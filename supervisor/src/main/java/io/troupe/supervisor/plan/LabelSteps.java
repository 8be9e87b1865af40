package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.SecurityLabels;
import io.troupe.supervisor.host.SecurityModules;
import java.util.ArrayList;
import java.util.List;

/** What security modules are told of the process (config.md, "Process": apparmorProfile, selinuxLabel). */
final class LabelSteps {
    private final SecurityLabels labels;

    LabelSteps(SecurityLabels labels) {
        this.labels = labels;
    }

    /**
     * Checks that what is asked for can be done.
     *
     * @param file that asks, such as {@code config.json: process.}
     * @param mountLabel {@code linux.mountLabel}; empty for none
     * @throws FailureException UNSUPPORTED, if the host has no such module: nothing may run less confined than wanted
     */
    static void check(String file, SecurityLabels labels, String mountLabel, SecurityModules modules) {
        if (!labels.apparmor().isEmpty() && !modules.apparmor()) {
            throw absent(file + "apparmorProfile", "AppArmor");
        }
        if (!labels.selinux().isEmpty() && !modules.selinux()) {
            throw absent(file + "selinuxLabel", "SELinux");
        }
        if (!mountLabel.isEmpty() && !modules.selinux()) {
            throw absent("config.json: linux.mountLabel", "SELinux");
        }
    }

    private static FailureException absent(String field, String module) {
        return new FailureException(
                FailureCode.UNSUPPORTED,
                field,
                module + " is not enabled on this host",
                "Leave it out, or enable " + module + " at boot");
    }

    /** {@return the step that makes a keyring, with the process's label on what it makes} */
    List<Step> around(Step.Keyring keyring) {
        if (labels.selinux().isEmpty()) {
            return List.of(keyring);
        }
        return List.of(
                new Step.SecurityLabel("keycreate", labels.selinux()),
                keyring,
                new Step.SecurityLabel("keycreate", ""));
    }

    /** {@return what makes the program run under its label and profile} */
    List<Step> atExec() {
        List<Step> steps = new ArrayList<>();
        if (!labels.selinux().isEmpty()) {
            steps.add(new Step.SecurityLabel("exec", labels.selinux()));
        }
        if (!labels.apparmor().isEmpty()) {
            steps.add(new Step.SecurityLabel("apparmor/exec", "exec " + labels.apparmor()));
        }
        return steps;
    }
}
