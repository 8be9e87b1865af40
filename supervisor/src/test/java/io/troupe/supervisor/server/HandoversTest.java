package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.supervisor.plan.Handover;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoversTest {
    private static final int CALLER = 4711;

    private static Handover of(int preserved, Map<String, String> variables) {
        return Handovers.of(preserved, null, CALLER, variables::get);
    }

    @Test
    void descriptors_of_socket_activation_come_first_and_are_told() {
        Handover handover = of(2, Map.of("LISTEN_FDS", "3", "LISTEN_PID", "4711", "LISTEN_FDNAMES", "a:b:c"));

        assertThat(handover.descriptors()).isEqualTo(5);
        assertThat(handover.environment()).containsExactly("LISTEN_FDS=3", "LISTEN_PID=1", "LISTEN_FDNAMES=a:b:c");
    }

    @Test
    void they_are_not_ours_if_they_were_passed_to_another_process() {
        assertThat(of(1, Map.of("LISTEN_FDS", "3", "LISTEN_PID", "1")))
                .isEqualTo(new Handover(1, List.of(), null, false, null));
        assertThat(of(0, Map.of("LISTEN_FDS", "3"))).isEqualTo(Handover.NONE);
        assertThat(of(0, Map.of("LISTEN_FDS", "0", "LISTEN_PID", "4711"))).isEqualTo(Handover.NONE);
    }

    @Test
    void the_pid_that_they_are_for_does_not_come_alone() {
        assertThatThrownBy(() -> of(0, Map.of("LISTEN_PID", "4711")))
                .hasMessage("LISTEN_FDS: LISTEN_PID is set without it."
                        + " Correct it in the environment, or unset LISTEN_PID");
    }

    @Test
    void who_is_to_hear_of_system_calls_may_be_in_the_environment() {
        assertThat(of(0, Map.of("RUN_OCI_SECCOMP_RECEIVER", "/agent")).seccompReceiver())
                .isEqualTo("/agent");
        assertThat(of(0, Map.of("RUN_OCI_SECCOMP_RECEIVER", "")).seccompReceiver())
                .isNull();
        assertThatThrownBy(() -> of(0, Map.of("RUN_OCI_SECCOMP_RECEIVER", "agent")))
                .hasMessageContaining("RUN_OCI_SECCOMP_RECEIVER: \"agent\" is not an absolute path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "", "1000000", "01"})
    void a_number_that_is_none_is_refused(String count) {
        assertThatThrownBy(() -> of(0, Map.of("LISTEN_FDS", count, "LISTEN_PID", "4711")))
                .hasMessageContaining("LISTEN_FDS");
    }
}
