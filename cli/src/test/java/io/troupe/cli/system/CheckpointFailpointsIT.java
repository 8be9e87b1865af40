package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.supervisor.failpoint.Failpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wherever it is interrupted, a container that was to be written is whole, and its record says what is so. */
@RootTest
class CheckpointFailpointsIT {

    @BeforeAll
    static void criu_can_work_here() {
        Criu.assumeItWorks();
    }

    @ParameterizedTest
    @EnumSource(value = Failpoint.class, names = "(CHECKPOINT|RESTORE)_.*", mode = EnumSource.Mode.MATCH_ANY)
    void the_supervisor_dies_at(Failpoint point) {
        dieAt(point, point.name());
    }

    @ParameterizedTest
    @EnumSource(value = Failpoint.class, names = "(CHECKPOINT|RESTORE)_.*", mode = EnumSource.Mode.MATCH_ANY)
    void the_client_dies_at(Failpoint point) {
        dieAt(point, point.name() + ":client");
    }

    private static void dieAt(Failpoint point, String armed) {
        try (Troupe troupe = new Troupe()) {
            Counter counter = Counter.started(troupe, "victim");
            boolean restores = point.name().startsWith("RESTORE_");
            if (restores) {
                counter.checkpoint().succeeds();
            }
            troupe.restartWith("-D" + Failpoint.PROPERTY + "=" + armed);
            if (restores) {
                counter.restore();
            } else {
                counter.checkpoint();
            }
            troupe.withoutOptions();
            troupe.run("supervisor", "stop").succeeds();
            troupe.verifiesClean();
            if (troupe.ids().contains("victim")) {
                assertThat(troupe.status("victim")).as(armed).isIn("running", "stopped");
                troupe.run("delete", "--force", "victim").succeeds();
            }
            troupe.verifiesClean();
        }
    }
}
