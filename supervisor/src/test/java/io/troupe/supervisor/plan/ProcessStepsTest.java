package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.troupe.launch.Step;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Execution;
import io.troupe.supervisor.bundle.Scheduling;
import io.troupe.supervisor.bundle.SecurityLabels;
import io.troupe.supervisor.host.SecurityModules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the process is told about scheduling, memory and labels. */
class ProcessStepsTest {
    private static final SecurityLabels BOTH = new SecurityLabels("cage", "system_u:system_r:cage_t:s0:c1,c2");

    @Test
    void nothing_wanted_is_nothing_done() {
        assertThat(SchedulingSteps.of(Scheduling.INHERITED, Execution.INHERITED))
                .isEmpty();
        assertThat(new LabelSteps(SecurityLabels.NONE).atExec()).isEmpty();
    }

    @Test
    void every_wish_is_a_step_in_words() {
        Scheduling scheduling = new Scheduling(
                new Scheduling.Policy(2, 0, 7, 1, 0, 0, 0), new Scheduling.IoPriority(2, 5), List.of(), List.of());
        Execution execution = new Execution(8L, new Execution.MemoryPolicy(2 | 1 << 15, List.of(0L, 1L)));

        assertThat(SchedulingSteps.of(scheduling, execution).stream().map(StepText::describe))
                .containsExactly(
                        "set scheduling policy 2, priority 7",
                        "set I/O priority to class 2, level 5",
                        "set personality 8",
                        "set memory policy 2 on nodes 0,1");
    }

    @Test
    void labels_are_for_the_keyring_and_the_next_program() {
        LabelSteps steps = new LabelSteps(BOTH);

        assertThat(steps.around(new Step.Keyring("_ses.a")))
                .containsExactly(
                        new Step.SecurityLabel("keycreate", BOTH.selinux()),
                        new Step.Keyring("_ses.a"),
                        new Step.SecurityLabel("keycreate", ""));
        assertThat(steps.atExec())
                .containsExactly(
                        new Step.SecurityLabel("exec", BOTH.selinux()),
                        new Step.SecurityLabel("apparmor/exec", "exec cage"));
    }

    @Test
    void a_label_for_a_module_that_the_host_does_not_have_is_refused_by_its_place() {
        assertThat(refusal(new SecurityLabels("cage", ""), "", new SecurityModules(false, true)))
                .isEqualTo("config.json: process.apparmorProfile: AppArmor is not enabled on this host."
                        + " Leave it out, or enable AppArmor at boot");
        assertThat(refusal(new SecurityLabels("", "a:b:c:s0"), "", new SecurityModules(true, false)))
                .startsWith("config.json: process.selinuxLabel: SELinux is not enabled on this host.");
        assertThat(refusal(SecurityLabels.NONE, "a:b:c:s0", SecurityModules.NONE))
                .startsWith("config.json: linux.mountLabel: SELinux is not enabled on this host.");
    }

    @Test
    void labels_for_modules_that_are_there_are_applied() {
        LabelSteps.check("config.json: process.", BOTH, "a:b:c:s0", new SecurityModules(true, true));
        assertThatThrownBy(() -> LabelSteps.check("process.json: ", BOTH, "", SecurityModules.NONE))
                .hasMessageContaining("process.json: apparmorProfile");
    }

    private static String refusal(SecurityLabels labels, String mountLabel, SecurityModules modules) {
        FailureException refused = catchThrowableOfType(
                FailureException.class, () -> LabelSteps.check("config.json: process.", labels, mountLabel, modules));
        assertThat(refused).isNotNull();
        return refused.failure().line();
    }
}
