package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * linux.intelRdt with stand-ins for resctrl, which few machines have: plain files for what is written and told, and a
 * cgroup of cpuset, which has a file {@code tasks} of its own too, for who is in a group and which groups are left.
 */
@RootTest
class ResctrlIT {

    private static Bundle grouped(Troupe troupe, String intelRdt) {
        return Bundle.sleeping(troupe.directory()).set("/linux/intelRdt", intelRdt);
    }

    /** {@return a tree of plain files with a group {@code gold}, taken for resctrl from now on} */
    private static Path files(Troupe troupe, String name) throws IOException {
        Path root = troupe.directory().resolve(name);
        Files.createDirectories(root.resolve("info/L3"));
        Files.createDirectories(root.resolve("info/MB"));
        Files.createDirectories(root.resolve("gold"));
        Files.writeString(root.resolve("info/last_cmd_status"), "Mask f0f has non-consecutive 1-bits\n");
        Files.writeString(root.resolve("schemata"), "    L3:0=fff\n    MB:0=100\n");
        Files.writeString(root.resolve("gold/schemata"), "    L3:0=ff0\n    MB:0= 20\n");
        Files.createFile(root.resolve("gold/tasks"));
        troupe.restartWith("-Dtroupe.resctrl=" + root);
        return root;
    }

    /** {@return a cgroup of cpuset with a group {@code gold}, taken for resctrl from now on} */
    private static Path cpuset(Troupe troupe) throws IOException {
        Path hierarchy = Host.cgroup("cpuset").orElse(Path.of("/none"));
        Assumptions.assumeTrue(
                Files.exists(hierarchy.resolve("cgroup.clone_children")), "there is no cpuset of version 1");
        Path root = Files.createDirectory(
                hierarchy.resolve("troupe-resctrl-" + ProcessHandle.current().pid()));
        for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
            Files.writeString(root.resolve(file), Host.text(hierarchy.resolve(file)));
        }
        Files.writeString(root.resolve("cgroup.clone_children"), "1");
        Files.createDirectories(root.resolve("gold/mon_groups"));
        troupe.restartWith("-Dtroupe.resctrl=" + root);
        return root;
    }

    @Test
    void without_resctrl_it_is_refused(Troupe troupe) {
        Assumptions.assumeFalse(
                Host.lines(Path.of("/proc/self/mountinfo")).stream().anyMatch(line -> line.contains(" - resctrl ")),
                "resctrl is mounted");
        troupe.withoutOptions();
        troupe.run("supervisor", "stop").succeeds();

        Bundle bundle = grouped(troupe, "{}");

        assertThat(troupe.run("create", "--bundle", bundle.path().toString(), "none")
                        .failsWithOneLine()
                        .err())
                .contains("linux.intelRdt: no resctrl file system is mounted");
    }

    @Test
    void processes_are_in_their_group_which_goes_with_the_container(Troupe troupe) throws IOException {
        Path root = cpuset(troupe);
        try {
            troupe.runDetached("own", grouped(troupe, "{}"));
            String pid = Integer.toString(troupe.pid("own"));
            assertThat(Host.lines(root.resolve("own/tasks"))).containsExactly(pid);
            assertThat(troupe.run("exec", "own", "/bin/sh", "-c", "grep cpuset /proc/self/cgroup")
                            .succeeds()
                            .out()
                            .strip())
                    .endsWith(":/" + root.getFileName() + "/own");
            troupe.run("delete", "--force", "own").succeeds();
            assertThat(root.resolve("own")).doesNotExist();

            troupe.runDetached("counted", grouped(troupe, "{\"closID\": \"gold\", \"enableMonitoring\": true}"));
            pid = Integer.toString(troupe.pid("counted"));
            assertThat(Host.lines(root.resolve("gold/mon_groups/counted/tasks")))
                    .containsExactly(pid);
            troupe.run("delete", "--force", "counted").succeeds();
            assertThat(root.resolve("gold/mon_groups/counted")).doesNotExist();
            assertThat(root.resolve("gold")).exists();

            troupe.runDetached("root", grouped(troupe, "{\"closID\": \"/\"}"));
            pid = Integer.toString(troupe.pid("root"));
            assertThat(Host.lines(root.resolve("tasks"))).containsExactly(pid);
            troupe.run("delete", "--force", "root").succeeds();
        } finally {
            for (String group : List.of("own", "gold/mon_groups", "gold", "")) {
                Files.deleteIfExists(root.resolve(group));
            }
        }
    }

    @Test
    void a_group_that_is_there_is_entered_told_and_updated(Troupe troupe) throws IOException {
        Path root = files(troupe, "told");
        Path schemata = root.resolve("gold/schemata");
        troupe.runDetached("gold1", grouped(troupe, "{\"closID\": \"gold\"}"));

        assertThat(root.resolve("gold/tasks")).hasContent(Integer.toString(troupe.pid("gold1")));
        JsonNode told =
                troupe.run("events", "--stats", "gold1").succeeds().json().at("/data/intel_rdt");
        assertThat(told.path("l3_cache_schema_root").asText()).isEqualTo("L3:0=fff");
        assertThat(told.path("l3_cache_schema").asText()).isEqualTo("L3:0=ff0");
        assertThat(told.path("mem_bw_schema").asText()).isEqualTo("MB:0= 20");
        assertThat(told.path("schemata")).hasSize(2);

        troupe.run("update", "--mem-bw-schema", "MB:0=30", "gold1").succeeds();
        assertThat(Files.readString(schemata)).isEqualTo("MB:0=30\n");
        troupe.run("update", "--l3-cache-schema", "L3:0=f", "--pids-limit", "30", "gold1")
                .succeeds();
        assertThat(Files.readString(schemata)).isEqualTo("L3:0=f\n");
        assertThat(troupe.run("update", "--mem-bw-schema", "L3:0=f", "gold1")
                        .failsWithOneLine()
                        .err())
                .contains("--mem-bw-schema: it is not one line that begins with MB:");
        assertThat(troupe.run("history", "gold1").succeeds().out()).contains("intelRdt.memBwSchema=MB:0=30");
        troupe.run("delete", "--force", "gold1").succeeds();
        assertThat(schemata).exists();
    }

    @Test
    void only_a_container_with_a_group_has_one_updated(Troupe troupe) throws IOException {
        files(troupe, "none");
        troupe.runDetached("plain", Bundle.sleeping(troupe.directory()));
        assertThat(troupe.run("update", "--mem-bw-schema", "MB:0=30", "plain")
                        .failsWithOneLine()
                        .err())
                .contains("the container has no group of resctrl");
        troupe.run("delete", "--force", "plain").succeeds();
    }

    @Test
    void what_does_not_fit_is_refused_in_the_kernels_words_and_leaves_nothing(Troupe troupe) throws IOException {
        Path root = files(troupe, "refused");
        Bundle other = grouped(troupe, "{\"closID\": \"gold\", \"l3CacheSchema\": \"L3:0=f\"}");
        assertThat(troupe.run("create", "--bundle", other.path().toString(), "other")
                        .failsWithOneLine()
                        .err())
                .contains("linux.intelRdt.l3CacheSchema: the group " + root + "/gold is there and has another one");

        // A plain directory gets no file schemata: the write fails, as of one that the kernel refuses.
        Bundle own = grouped(troupe, "{\"schemata\": [\"L3:0=f0f\"]}");
        assertThat(troupe.run("create", "--bundle", own.path().toString(), "own")
                        .failsWithOneLine()
                        .err())
                .contains("refused/own/schemata")
                .contains("Mask f0f has non-consecutive 1-bits");
        assertThat(root.resolve("own")).doesNotExist();
        assertThat(troupe.ids()).isEmpty();
    }
}
