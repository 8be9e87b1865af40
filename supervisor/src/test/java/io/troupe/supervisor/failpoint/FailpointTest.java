package io.troupe.supervisor.failpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailpointTest {
    @Test
    void a_name_that_is_none_is_told() {
        assertThat(Failpoint.mistake(null)).isNull();
        assertThat(Failpoint.mistake("CREATE_READY")).isNull();
        assertThat(Failpoint.mistake("CREATE_READY:client")).isNull();
        assertThat(Failpoint.mistake("CREATE_REDY")).isEqualTo("\"CREATE_REDY\" is no failpoint");
        assertThat(Failpoint.mistake("CREATE_READY:park")).isEqualTo("\"CREATE_READY:park\" is no failpoint");
        assertThat(Failpoint.mistake("")).isEqualTo("\"\" is no failpoint");
    }
}
