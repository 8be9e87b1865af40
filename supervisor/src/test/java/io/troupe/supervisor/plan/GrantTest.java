package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.supervisor.bundle.CapabilitySets;
import org.junit.jupiter.api.Test;

class GrantTest {
    private static final long CHOWN = 1;
    private static final long SYS_RESOURCE = 1L << 24;
    private static final CapabilitySets BOTH =
            new CapabilitySets(CHOWN | SYS_RESOURCE, SYS_RESOURCE, CHOWN | SYS_RESOURCE, SYS_RESOURCE, SYS_RESOURCE);

    @Test
    void what_the_runtime_has_not_got_is_left_out_with_a_warning() {
        Grant grant = new Grant(CHOWN);

        assertThat(grant.of(BOTH)).isEqualTo(new CapabilitySets(CHOWN, 0, CHOWN, 0, 0));
        assertThat(grant.warnings(BOTH))
                .containsExactly(
                        "process.capabilities: CAP_SYS_RESOURCE is left out: this runtime has not got it itself");
    }

    @Test
    void all_is_given_by_who_has_all() {
        Grant grant = new Grant(-1L);

        assertThat(grant.of(BOTH)).isEqualTo(BOTH);
        assertThat(grant.warnings(BOTH)).isEmpty();
    }
}
