package io.troupe.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.syscall.Seccomp.Action;
import io.troupe.syscall.Seccomp.Comparison;
import io.troupe.syscall.Seccomp.Condition;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeccompTest {
    private static final int INSTRUCTION_BYTES = 8;
    private static final Condition IS_1 = new Condition(0, Comparison.EQUAL, 1, 0);

    @Test
    void the_library_tells_its_version() {
        assertThat(Seccomp.version())
                .hasValueSatisfying(version -> assertThat(version).matches("2\\.\\d+\\.\\d+"));
    }

    @Test
    void a_filter_grows_by_its_rules_and_is_whole_instructions() throws Exception {
        try (Seccomp filter = Seccomp.create(Action.ALLOW)) {
            byte[] empty = filter.export();
            assertThat(filter.add("reboot", Action.errno(1), List.of())).isTrue();
            byte[] one = filter.export();
            assertThat(one.length).isGreaterThan(empty.length);
            assertThat(one.length % INSTRUCTION_BYTES).isZero();
        }
    }

    @Test
    void a_call_that_the_library_does_not_know_is_an_answer_not_an_exception() throws Exception {
        try (Seccomp filter = Seccomp.create(Action.ALLOW)) {
            assertThat(filter.add("no_such_call", Action.TRAP, List.of())).isFalse();
        }
    }

    @Test
    void the_same_rule_twice_is_one() throws Exception {
        try (Seccomp filter = Seccomp.create(Action.ALLOW)) {
            filter.add("reboot", Action.TRAP, List.of());
            filter.add("mount", Action.TRAP, List.of(IS_1));
            byte[] once = filter.export();
            filter.add("reboot", Action.TRAP, List.of());
            filter.add("mount", Action.TRAP, List.of(IS_1));
            assertThat(filter.export()).isEqualTo(once);
        }
    }

    @Test
    void two_conditions_on_one_argument_are_refused_by_the_library() throws Exception {
        try (Seccomp filter = Seccomp.create(Action.ALLOW)) {
            assertThatThrownBy(() -> filter.add("mount", Action.TRAP, List.of(IS_1, IS_1)))
                    .hasMessage("seccomp_rule_add_array(3) on mount: EINVAL (22, Invalid argument)");
        }
    }

    @Test
    void an_architecture_may_be_added_twice_and_one_without_a_name_is_refused() throws Exception {
        try (Seccomp filter = Seccomp.create(Action.ALLOW)) {
            filter.addArchitecture("SCMP_ARCH_X86");
            byte[] once = filter.export();
            filter.addArchitecture("SCMP_ARCH_X86");
            assertThat(filter.export()).isEqualTo(once);
            assertThatThrownBy(() -> filter.addArchitecture("SCMP_ARCH_VAX"))
                    .hasMessage("seccomp_arch_resolve_name(3) on SCMP_ARCH_VAX: EINVAL (22, Invalid argument)");
            assertThatThrownBy(() -> filter.addArchitecture("SCMP_ARCH_S390X"))
                    .hasMessage("seccomp_arch_add(3) on SCMP_ARCH_S390X: EDOM (33, Numerical argument out of domain)");
        }
    }

    @Test
    void a_closed_filter_says_so() throws Exception {
        Seccomp filter = Seccomp.create(Action.ALLOW);
        filter.close();
        filter.close();
        assertThatThrownBy(filter::export).isInstanceOf(IllegalStateException.class);
    }
}
