package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Commands about several processes, or several containers: ps, kill --all, kill --regex, delete --regex. */
@RootTest
class ManyAtOnceIT {

    private static int[] pids(Troupe troupe, String id) {
        return StreamSupport.stream(
                        troupe.run("ps", "--format", "json", id)
                                .succeeds()
                                .json()
                                .spliterator(),
                        false)
                .mapToInt(node -> node.asInt())
                .toArray();
    }

    @Test
    void ps_shows_the_processes_of_the_container_alone(Troupe troupe) {
        troupe.runDetached("busy", Bundle.shell(troupe.directory(), "sleep 3601 & sleep 3602 & wait"));

        assertThat(troupe.run("exec", "busy", "true").succeeds().out()).isEmpty();
        assertThat(pids(troupe, "busy")).contains(troupe.pid("busy"));
        String table = troupe.run("ps", "busy").succeeds().out();
        assertThat(table.lines().findFirst().orElseThrow()).startsWith("UID").contains("PID");
        assertThat(table).contains("sleep 3601", "sleep 3602").doesNotContain("java");
        assertThat(troupe.run("ps", "busy", "-o", "pid,args").succeeds().out().lines())
                .hasSizeGreaterThanOrEqualTo(3);

        troupe.run("kill", "--all", "busy", "KILL").succeeds();
        troupe.endedWith("busy", 137);
        assertThat(troupe.run("ps", "--format", "json", "busy").succeeds().out().strip())
                .isEqualTo("[]");
        troupe.run("delete", "busy").succeeds();
    }

    /** Whoever waits for one that is killed is killed before. */
    @Test
    void nobody_goes_on_when_all_are_killed(Troupe troupe) {
        Bundle bundle = Bundle.shell(troupe.directory(), "sleep 3603 | sleep 3603 | sleep 3603; exit 7");
        for (int i = 0; i < 5; i++) {
            troupe.runDetached("shell", bundle);
            troupe.run("kill", "--all", "shell", "KILL").succeeds();
            troupe.endedWith("shell", 137);
            troupe.run("delete", "shell").succeeds();
        }
    }

    @Test
    void ps_says_what_is_wrong(Troupe troupe) {
        troupe.runDetached("plain", Bundle.sleeping(troupe.directory()));

        assertThat(troupe.run("ps", "nobody").failsWithOneLine().err()).contains("it does not exist");
        assertThat(troupe.run("ps", "plain", "--no-such").failsWithOneLine().err())
                .contains("ps");
        assertThat(troupe.run("ps", "plain", "-o", "args").failsWithOneLine().err())
                .contains("no column PID");
        troupe.run("delete", "--force", "plain").succeeds();
    }

    @Test
    void a_regular_expression_names_several(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        for (String id : new String[] {"web1", "web2", "db"}) {
            troupe.runDetached(id, bundle);
        }

        troupe.run("kill", "--regex", "^web", "KILL").succeeds();
        troupe.endedWith("web1", 137);
        troupe.endedWith("web2", 137);
        assertThat(troupe.status("db")).isEqualTo("running");

        assertThat(troupe.run("delete", "--regex", ".").failsWithOneLine().err())
                .contains("container db: cannot delete");
        assertThat(troupe.ids()).containsExactly("db");
        troupe.run("delete", "--force", "--regex", "b$").succeeds();
        assertThat(troupe.ids()).isEmpty();
        troupe.run("delete", "--regex", "nothing").succeeds();
    }
}
