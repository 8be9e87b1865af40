package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveHostTest {
    private static final CgroupLayout BEFORE = new CgroupLayout(List.of(), Optional.empty());
    private static final CgroupLayout AFTER =
            new CgroupLayout(List.of(new Hierarchy(List.of("memory"), "/c", "/")), Optional.empty());

    private boolean changed;
    private int reads;
    private IOException problem;
    private final LiveHost view = new LiveHost(
            new HostFacts("6.18", "boot", BEFORE, 40, -1, true, 0, HostFacts.DELEGATE, SecurityModules.NONE),
            () -> {
                boolean answer = changed;
                changed = false;
                return answer;
            },
            this::read,
            () -> null,
            () -> {});

    private CgroupLayout read() throws IOException {
        reads++;
        if (problem != null) {
            throw problem;
        }
        return AFTER;
    }

    @Test
    void without_a_change_nothing_is_read() {
        assertThat(view.now().cgroups()).isEqualTo(BEFORE);
        assertThat(reads).isZero();
    }

    @Test
    void after_a_change_the_cgroups_are_read_once_and_all_else_stays() {
        changed = true;
        assertThat(view.now())
                .isEqualTo(new HostFacts(
                        "6.18", "boot", AFTER, 40, -1, true, 0, HostFacts.DELEGATE, SecurityModules.NONE));
        assertThat(view.now().cgroups()).isEqualTo(AFTER);
        assertThat(reads).isEqualTo(1);
    }

    @Test
    void a_change_that_could_not_be_read_is_not_forgotten() {
        changed = true;
        problem = new IOException("no more descriptors");
        assertThatThrownBy(view::now)
                .isInstanceOf(FailureException.class)
                .hasMessage("/proc/self/mountinfo: mounts cannot be read: no more descriptors");
        problem = null;
        assertThat(view.now().cgroups()).isEqualTo(AFTER);
    }
}
