package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A user without rights, with his own supervisor. Root is needed only to make the user. */
@RootTest
@EnabledIf(
        value = "io.troupe.cli.system.Host#hasUserNamespacesForAll",
        disabledReason = "needs useradd, runuser, newuidmap and user namespaces for users without rights")
class RootlessIT {
    private Somebody somebody;

    @BeforeEach
    void make_a_user() throws IOException {
        somebody = new Somebody();
    }

    @AfterEach
    void remove_him() {
        somebody.close();
    }

    private Bundle bundle(String line) {
        Bundle bundle = somebody.bundle(line);
        somebody.call("rm", bundle.path().resolve("config.json").toString())
                .run()
                .succeeds();
        somebody.troupe("spec", "--rootless", "--bundle", bundle.path().toString())
                .succeeds();
        return Bundle.existing(bundle.path()).set("/process/terminal", "false").args("/bin/sh", "-c", line);
    }

    private Result run(Bundle bundle) {
        return somebody.troupe("run", "--bundle", bundle.path().toString(), "mine");
    }

    @Test
    void the_bundle_of_spec_rootless_runs() {
        Result run = run(bundle("id -u; cat /proc/self/uid_map; exit 7"));

        assertThat(run.exits(7).out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly("0", "0 " + somebody.uid() + " 1");
    }

    @Test
    void the_supervisor_is_his_own() {
        var status = somebody.troupe("supervisor", "start", "--format", "json")
                .succeeds()
                .json();

        assertThat(status.path("runDirectory").asText()).isEqualTo("/tmp/troupe-" + somebody.uid());
        assertThat(status.path("dataDirectory").asText())
                .isEqualTo(somebody.home().resolve(".local/share/troupe").toString());
        assertThat(Host.field(Path.of("/proc", status.path("pid").asText(), "status"), "Uid"))
                .startsWith(Integer.toString(somebody.uid()));
    }

    @Test
    void ids_of_etc_subuid_are_mapped_by_newuidmap() {
        long first = somebody.firstOfRange();
        String range = "[{\"containerID\": 0, \"hostID\": %d, \"size\": 1},"
                + " {\"containerID\": 1, \"hostID\": %d, \"size\": 65535}]";
        Bundle bundle = bundle("touch /tmp/x && chown 7:8 /tmp/x && stat -c %u:%g /tmp/x")
                .set("/linux/uidMappings", range.formatted(somebody.uid(), first))
                .set("/linux/gidMappings", range.formatted(somebody.uid(), first))
                .set("/process/capabilities/bounding", "[\"CAP_CHOWN\"]")
                .set("/process/capabilities/permitted", "[\"CAP_CHOWN\"]")
                .set("/process/capabilities/effective", "[\"CAP_CHOWN\"]")
                .set("/root/readonly", "false");

        assertThat(run(bundle).succeeds().out()).isEqualTo("7:8\n");
    }

    @Test
    void ids_that_he_has_not_been_given_are_refused_in_words() {
        String range = "[{\"containerID\": 0, \"hostID\": 1, \"size\": 2}]";
        Bundle bundle = bundle("true").set("/linux/uidMappings", range).set("/linux/gidMappings", range);

        assertThat(run(bundle).exits(1).err())
                .contains("newgidmap", "troupe: container mine: map ids by newgidmap and newuidmap");
        assertThat(somebody.troupe("list", "--quiet").succeeds().out()).isEmpty();
    }

    @Test
    void create_start_exec_kill_delete() {
        Bundle bundle = bundle("sleep 3600");
        somebody.troupe("create", "--bundle", bundle.path().toString(), "mine").succeeds();
        somebody.troupe("start", "mine").succeeds();

        assertThat(somebody.troupe("exec", "mine", "id", "-u").succeeds().out()).isEqualTo("0\n");
        somebody.troupe("exec", "mine", "sh", "-c", "exit 9").exits(9);
        somebody.troupe("kill", "mine", "KILL").succeeds();
        assertThat(somebody.troupe("wait", "mine").succeeds().out().strip()).isEqualTo("137");
        somebody.troupe("delete", "mine").succeeds();
    }

    @Test
    void limits_where_no_cgroup_was_delegated_are_refused_in_words() {
        Bundle bundle = bundle("true").set("/linux/resources", "{\"memory\": {\"limit\": 67108864}}");
        Result run = run(bundle);

        if (run.exit() != 0) {
            assertThat(run.failsWithOneLine().err()).contains("linux.resources").contains("memory");
        }
    }
}
