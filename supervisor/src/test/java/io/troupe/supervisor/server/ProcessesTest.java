package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    private static final List<String> PS = List.of(
            "UID          PID    PPID  CMD", "root         7    1  sh -c 8", "root         8    7  sleep 7", "");

    @Test
    void the_header_and_the_lines_of_its_processes_are_kept() {
        assertThat(Processes.about(Set.of(8), PS)).containsExactly(PS.get(0), PS.get(2));
        assertThat(Processes.about(Set.of(), PS)).containsExactly(PS.get(0));
    }

    @Test
    void a_table_without_pids_is_refused() {
        assertThatThrownBy(() -> Processes.about(Set.of(8), List.of("CMD", "8")))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("its output has no column PID");
        assertThatThrownBy(() -> Processes.about(Set.of(8), List.of())).isInstanceOf(FailureException.class);
    }
}
