package io.troupe.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesAndFailuresTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "7", "_x", "web-1.2+3_4", "A"})
    void ids_that_are_valid(String id) {
        assertThat(ContainerName.of(id)).hasToString(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "-a", "+a", "a/b", "../x", "a b", "a\n", "a\0", "a|b", "é", "a\u001b[2J", "a@b"})
    void ids_that_are_not(String id) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> ContainerName.of(id))
                .matches(e -> e.failure().code() == FailureCode.INVALID_ID)
                .matches(e -> e.failure().line().chars().noneMatch(c -> c < 0x20 || c == 0x7f));
    }

    @Test
    void ids_have_a_longest_length() {
        assertThat(ContainerName.of("a".repeat(255)).id()).hasSize(255);
        assertThatExceptionOfType(FailureException.class).isThrownBy(() -> ContainerName.of("a".repeat(256)));
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> ContainerName.of("a".repeat(1025)))
                .matches(e -> e.failure().line().length() < 300);
    }

    @Test
    void a_failure_is_one_line_with_what_it_has() {
        assertThat(new Failure(FailureCode.SYSTEM, "a", "b", "C").line()).isEqualTo("a: b. C");
        assertThat(new Failure(FailureCode.SYSTEM, "", "b", "").line()).isEqualTo("b");
        assertThat(new Failure(FailureCode.SYSTEM, "a\nb", "c \r\n d", "").line())
                .isEqualTo("a | b: c | d");
    }

    @Test
    void exit_statuses_of_our_own_are_below_a_signal_s() {
        for (FailureCode code : FailureCode.values()) {
            assertThat(code.exitStatus()).isBetween(1, 127).isNotEqualTo(125);
        }
    }

    @Test
    void versions_are_those_of_the_build() {
        assertThat(Version.TROUPE).matches("[0-9]+\\.[0-9]+.*");
    }
}
