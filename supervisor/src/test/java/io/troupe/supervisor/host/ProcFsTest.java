package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcFsTest {
    /** Fields 4 to 52 of /proc/PID/stat (proc(5)); the 22nd is 4711, the last one 768: exit code 3. */
    private static final String REST = " 1 77 77 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 4711 9000000 200"
            + " 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 768";

    @ParameterizedTest
    @ValueSource(strings = {"sh", "two words", "a) R 1 (b", ") ", "(", "", "tab\tline\n"})
    void a_program_may_have_any_name(String name) {
        assertThat(ProcFs.parse("77 (" + name + ") S" + REST + "\n")).isEqualTo(new ProcFs.Stat('S', 4711, 768));
    }

    @Test
    void a_process_that_waits_for_its_parent_is_a_zombie() {
        assertThat(ProcFs.parse("77 (sh) Z" + REST).zombie()).isTrue();
        assertThat(ProcFs.parse("77 (sh) X" + REST).zombie()).isTrue();
        assertThat(ProcFs.parse("77 (sh) D" + REST).zombie()).isFalse();
    }

    @Test
    void a_kernel_that_shows_no_exit_code_leaves_it_0() {
        String old = "77 (sh) R" + REST.substring(0, REST.lastIndexOf(' '));
        assertThat(ProcFs.parse(old)).isEqualTo(new ProcFs.Stat('R', 4711, 0));
    }

    @Test
    void this_process_is_there_and_a_pid_beyond_the_last_is_not() throws Exception {
        assertThat(ProcFs.stat((int) ProcessHandle.current().pid()))
                .hasValueSatisfying(stat -> assertThat(stat.zombie()).isFalse());
        assertThat(ProcFs.stat(Integer.MAX_VALUE)).isEmpty();
        assertThat(ProcFs.runsLauncher((int) ProcessHandle.current().pid())).isFalse();
        assertThat(ProcFs.runsLauncher(Integer.MAX_VALUE)).isFalse();
    }
}
