package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** update: what is asked for is what the kernel has, or nothing has changed. */
@RootTest
class UpdateIT {

    private static Bundle limited(Troupe troupe) {
        return Bundle.sleeping(troupe.directory())
                .set("/linux/resources/memory/limit", "67108864")
                .set("/linux/resources/pids/limit", "77");
    }

    private static String limit(Troupe troupe, String id, String controller, String v1, String v2) {
        Path cgroup = Host.cgroup(troupe.pid(id), controller).orElseThrow();
        return Host.text(cgroup.resolve(Host.hasUnifiedCgroups() ? v2 : v1));
    }

    private static String memory(Troupe troupe, String id) {
        return limit(troupe, id, "memory", "memory.limit_in_bytes", "memory.max");
    }

    private static String pids(Troupe troupe, String id) {
        return limit(troupe, id, "pids", "pids.max", "pids.max");
    }

    @Test
    void flags_change_the_limits_that_they_name(Troupe troupe) {
        troupe.runDetached("flags", limited(troupe));

        troupe.run("update", "--memory", "32m", "--pids-limit", "50", "flags").succeeds();

        assertThat(memory(troupe, "flags")).isEqualTo("33554432");
        assertThat(pids(troupe, "flags")).isEqualTo("50");
        troupe.run("update", "--memory", "128m", "--memory-swap", "128m", "flags")
                .succeeds();
        assertThat(memory(troupe, "flags")).isEqualTo("134217728");
        assertThat(pids(troupe, "flags")).isEqualTo("50");
        troupe.run("update", "--memory-swap", "192m", "flags").succeeds();
        assertThat(limit(troupe, "flags", "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"))
                .isEqualTo(Host.hasUnifiedCgroups() ? "67108864" : "201326592");
        assertThat(troupe.run("update", "--kernel-memory", "1m", "flags")
                        .failsWithOneLine()
                        .err())
                .contains("limit counts the kernel's memory too");
        assertThat(troupe.run("history", "flags").succeeds().out())
                .contains("updated", "its limits were changed: ", "memory.limit=33554432", "pids.limit=50");
        troupe.run("delete", "--force", "flags").succeeds();
    }

    @Test
    void files_and_standard_input_are_read(Troupe troupe) throws IOException {
        troupe.runDetached("files", limited(troupe));
        Path file = Files.writeString(
                troupe.directory().resolve("limits.json"),
                "{\"pids\": {\"limit\": 51}, \"memory\": {}, \"cpu\": {\"shares\": 0}}");

        troupe.run("update", "--resources", file.toString(), "files").succeeds();
        assertThat(pids(troupe, "files")).isEqualTo("51");
        Call.of("sh", "-c", "echo '{\"pids\": {\"limit\": 52}}' | " + Troupe.BINARY + " update -r - files")
                .with(troupe.environment())
                .run()
                .succeeds();
        assertThat(pids(troupe, "files")).isEqualTo("52");
        troupe.run("delete", "--force", "files").succeeds();
    }

    @Test
    void if_one_is_refused_none_is_changed(Troupe troupe) throws IOException {
        troupe.runDetached("whole", limited(troupe));
        Path file = Files.writeString(
                troupe.directory().resolve("limits.json"),
                Host.hasUnifiedCgroups()
                        ? "{\"pids\": {\"limit\": 51}, \"cpu\": {\"quota\": 1}}"
                        : "{\"cpu\": {\"shares\": 100, \"quota\": 1}}");

        Result refused = troupe.run("update", "-r", file.toString(), "whole").failsWithOneLine();

        assertThat(refused.err()).contains("cannot update: cpu.quota: the kernel does not take", "all is as it was");
        assertThat(pids(troupe, "whole")).isEqualTo("77");
        assertThat(limit(troupe, "whole", "cpu", "cpu.shares", "cpu.weight")).isIn("1024", "100");
        assertThat(troupe.run("history", "whole").succeeds().out()).doesNotContain("updated");
        troupe.run("delete", "--force", "whole").succeeds();
    }

    private static void requireCpuset() {
        assumeTrue(
                Host.hasUnifiedCgroups() || Host.cgroup("cpuset").isPresent(),
                "this host has no cgroup controller cpuset");
    }

    /** Checks that processor 0 is all that the processes of a container may use. */
    private static void haveFirstProcessorOnly(Troupe troupe, String id, int atLeast) {
        JsonNode pids = troupe.run("ps", "--format", "json", id).succeeds().json();
        assertThat(pids).hasSizeGreaterThanOrEqualTo(atLeast);
        for (JsonNode pid : pids) {
            assertThat(Host.field(Path.of("/proc", pid.asText(), "status"), "Cpus_allowed_list"))
                    .isEqualTo("0");
        }
    }

    @Test
    void processors_are_limited_that_were_not_before(Troupe troupe) {
        troupe.runDetached("late", Bundle.shell(troupe.directory(), "sleep 1000 & sleep 1000"));
        requireCpuset();

        assertThat(troupe.run("update", "--cpuset-cpus", "4000", "late")
                        .failsWithOneLine()
                        .err())
                .contains("cannot update: cpu.cpus: the kernel does not take 4000", "all is as it was");
        troupe.run("update", "--cpuset-cpus", "0", "late").succeeds();
        troupe.run("update", "--cpuset-mems", "0", "late").succeeds();

        haveFirstProcessorOnly(troupe, "late", 2);
        assertThat(troupe.run("exec", "late", "grep", "Cpus_allowed_list", "/proc/self/status")
                        .succeeds()
                        .out())
                .endsWith("\t0\n");
        assertThat(troupe.run("history", "late").succeeds().out()).contains("cpu.cpus=0", "cpu.mems=0");
        Path cgroup = Host.cgroup(troupe.pid("late"), "cpuset").orElseThrow();
        assertThat(cgroup).isDirectory();
        troupe.run("delete", "--force", "late").succeeds();
        assertThat(cgroup).doesNotExist();
    }

    /** Each process that is left outside could have children there for ever. */
    @Test
    void none_escapes_from_new_processors_by_forking(Troupe troupe) {
        troupe.runDetached(
                "forks",
                Bundle.shell(
                        troupe.directory(), "fork() { while true; do true & wait; done; }; fork & fork & fork & wait"));
        requireCpuset();

        troupe.run("update", "--cpuset-cpus", "0", "forks").succeeds();

        troupe.run("pause", "forks").succeeds();
        haveFirstProcessorOnly(troupe, "forks", 3);
        troupe.run("delete", "--force", "forks").succeeds();
    }

    private static Result readsDisk(Troupe troupe) {
        return troupe.run("exec", "ruled", "head", "-c", "1", "/tmp/disk");
    }

    @Test
    void devices_are_allowed_and_denied_anew(Troupe troupe) throws IOException {
        Host.Disk disk = Host.disk();
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .set("/root/readonly", "false")
                .set("/process/capabilities/bounding", "[\"CAP_MKNOD\"]")
                .set("/process/capabilities/effective", "[\"CAP_MKNOD\"]")
                .set("/process/capabilities/permitted", "[\"CAP_MKNOD\"]")
                .set("/linux/resources/devices", "[{\"allow\": false, \"access\": \"rwm\"}]");
        troupe.runDetached("ruled", bundle);
        Path before = Files.writeString(
                troupe.directory().resolve("before.json"),
                bundle.linux().get("resources").toString());
        Path with =
                Files.writeString(troupe.directory().resolve("with.json"), """
                {"devices": [{"allow": false, "access": "rwm"},
                    {"allow": true, "type": "b", "major": %d, "minor": %d, "access": "r"}]}
                """.formatted(disk.major(), disk.minor()));
        Path refused = Files.writeString(
                troupe.directory().resolve("refused.json"),
                "{\"devices\": [{\"allow\": false, \"access\": \"rwm\"}], \"cpu\": {\"quota\": 1}}");
        troupe.run("exec", "ruled", "busybox", "mknod", "/tmp/disk", "b", "" + disk.major(), "" + disk.minor())
                .succeeds();
        assertThat(readsDisk(troupe).err()).contains("Operation not permitted");

        troupe.run("update", "-r", before.toString(), "ruled").succeeds();
        assertThat(troupe.run("history", "ruled").succeeds().out()).doesNotContain("devices=");

        troupe.run("update", "-r", with.toString(), "ruled").succeeds();
        readsDisk(troupe).succeeds();
        assertThat(troupe.run("history", "ruled").succeeds().out())
                .contains("devices=deny a *:* rwm, allow b " + disk.major() + ":" + disk.minor() + " r");

        assertThat(troupe.run("update", "-r", refused.toString(), "ruled")
                        .failsWithOneLine()
                        .err())
                .contains("all is as it was");
        readsDisk(troupe).succeeds();

        troupe.run("update", "-r", before.toString(), "ruled").succeeds();
        assertThat(readsDisk(troupe).err()).contains("Operation not permitted");
        troupe.run("exec", "ruled", "head", "-c", "1", "/dev/zero").succeeds();
        troupe.run("delete", "--force", "ruled").succeeds();
    }

    @Test
    void what_cannot_be_is_refused(Troupe troupe) throws IOException {
        troupe.runDetached("plain", limited(troupe));
        Path low = Files.writeString(
                troupe.directory().resolve("low.json"), "{\"memory\": {\"limit\": 4096, \"checkBeforeUpdate\": true}}");

        assertThat(troupe.run("update", "-r", low.toString(), "plain")
                        .failsWithOneLine()
                        .err())
                .contains("which is more than 4096");
        Path none = troupe.directory().resolve("none");
        assertThat(troupe.run("update", "-r", none.toString(), "plain")
                        .failsWithOneLine()
                        .err())
                .contains(none + ": it is missing");
        assertThat(troupe.run("update", "--memory", "1g", "nobody")
                        .failsWithOneLine()
                        .err())
                .contains("it does not exist");
        assertThat(memory(troupe, "plain")).isEqualTo("67108864");
        troupe.run("kill", "plain", "KILL").succeeds();
        troupe.endedWith("plain", 137);
        assertThat(troupe.run("update", "--pids-limit", "5", "plain")
                        .failsWithOneLine()
                        .err())
                .contains("cannot update: it is stopped");
        troupe.run("delete", "plain").succeeds();
    }
}
