package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.plan.ResctrlGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** config-linux.md, "IntelRdt": which group is made, what is written to it, what goes with the container. */
class ResctrlGroupsTest {
    private static final ContainerName NAME = ContainerName.of("web1");
    private static final long MAGIC = 7;

    @TempDir
    private Path root;

    @BeforeEach
    void mount() throws IOException {
        Files.createDirectories(root.resolve("info/L3"));
        Files.createDirectories(root.resolve("info/MB"));
        Files.writeString(root.resolve("info/MB/bandwidth_gran"), "10\n");
        Files.writeString(root.resolve("schemata"), "    L3:0=fff;1=fff\n    MB:0=100;1=100\n");
        Files.createDirectories(root.resolve("gold/mon_groups"));
        Files.writeString(root.resolve("gold/schemata"), "    L3:0=ff0;1=fff\n    MB:0= 20;1=100\n");
    }

    private static OciConfig config(String intelRdt) {
        String json = """
                {"ociVersion": "1.3.0", "root": {"path": "a"}, "linux": {"intelRdt": %s}}""".formatted(intelRdt);
        return BundleReader.of(Path.of("/b"), json.getBytes(StandardCharsets.UTF_8))
                .config();
    }

    private ResctrlGroup group(ContainerName name, String intelRdt) {
        ResctrlGroup group = ResctrlGroups.toCreate(name, config(intelRdt), new Resctrl(root.toString(), MAGIC));
        assertThat(group).isNotNull();
        return group;
    }

    private ResctrlGroup group(String intelRdt) {
        return group(NAME, intelRdt);
    }

    private void refused(String intelRdt, String field, String words) {
        assertThatThrownBy(() -> group(intelRdt))
                .isInstanceOf(FailureException.class)
                .hasMessageStartingWith("config.json: linux.intelRdt" + field)
                .hasMessageContaining(words);
    }

    @Test
    void without_a_name_the_group_is_the_containers_own_and_goes_with_it() {
        ResctrlGroup group = group("{}");
        assertThat(group).isEqualTo(new ResctrlGroup(root + "/web1", true, true, "", "", MAGIC));
        assertThat(group.tasks()).containsExactly(root + "/web1/tasks");
        assertThat(group.footprint()).containsExactly(root + "/web1");
    }

    @Test
    void one_of_its_name_that_is_there_stays() throws IOException {
        Files.createDirectory(root.resolve("web1"));
        assertThat(group("{}").footprint()).isEmpty();
    }

    @Test
    void lines_are_written_in_the_order_of_the_specification() {
        assertThat(group("""
                        {"closID": "new", "schemata": ["L2:0=f", "MB:1=50"], "memBwSchema": "MB:0=20",
                         "l3CacheSchema": "L3:0=7f0;1=1f"}"""))
                .isEqualTo(new ResctrlGroup(
                        root + "/new", true, false, "L3:0=7f0;1=1f\nMB:0=20\nL2:0=f\nMB:1=50\n", "", MAGIC));
    }

    @Test
    void bandwidth_among_the_lines_of_the_cache_counts_only_where_it_has_no_field() {
        assertThat(group("{\"l3CacheSchema\": \"L3:0=f\\nMB:0=20\"}").schemata())
                .isEqualTo("L3:0=f\nMB:0=20\n");
        assertThat(group("{\"l3CacheSchema\": \"L3:0=f\\nMB:0=20\", \"memBwSchema\": \"MB:0=30\"}")
                        .schemata())
                .isEqualTo("L3:0=f\nMB:0=30\n");
    }

    @Test
    void a_named_group_stays_when_the_container_goes() {
        assertThat(group("{\"closID\": \"new\", \"schemata\": [\"L3:0=f\"]}").footprint())
                .isEmpty();
    }

    @Test
    void a_name_without_more_is_of_a_group_that_is_there() {
        assertThat(group("{\"closID\": \"gold\"}"))
                .isEqualTo(new ResctrlGroup(root + "/gold", false, false, "", "", MAGIC));
        assertThat(group("{\"closID\": \"/\"}").tasks()).containsExactly(root + "/tasks");
        refused("{\"closID\": \"silver\"}", ".closID", "there is no group \"silver\"");
    }

    @Test
    void a_group_that_is_there_must_have_what_the_two_fields_say() {
        assertThat(group("{\"closID\": \"gold\", \"l3CacheSchema\": \"L3:0=0ff0\", \"memBwSchema\": \"MB:0=15\"}")
                        .made())
                .isFalse();
        refused("{\"closID\": \"gold\", \"l3CacheSchema\": \"L3:0=f\"}", ".l3CacheSchema", "has another one");
        refused("{\"closID\": \"gold\", \"memBwSchema\": \"MB:0=50\"}", ".memBwSchema", "has another one");
        // It is told what it shall have.
        assertThat(group("{\"closID\": \"gold\", \"schemata\": [\"L3:0=f\"]}").schemata())
                .isEqualTo("L3:0=f\n");
    }

    @Test
    void counters_are_in_a_group_below_it_which_goes_first() throws IOException {
        assertThat(group("{\"closID\": \"gold\", \"enableMonitoring\": true}").footprint())
                .containsExactly(root + "/gold/mon_groups/web1");
        ResctrlGroup own = group("{\"enableMonitoring\": true}");
        assertThat(own.footprint()).containsExactly(root + "/web1/mon_groups/web1", root + "/web1");
        assertThat(own.tasks()).containsExactly(root + "/web1/tasks", root + "/web1/mon_groups/web1/tasks");
        Files.createDirectory(root.resolve("gold/mon_groups/web1"));
        refused("{\"closID\": \"gold\", \"enableMonitoring\": true}", ".enableMonitoring", "there is a group ");
    }

    @Test
    void what_the_host_cannot_do_is_refused() throws IOException {
        Files.delete(root.resolve("info/MB/bandwidth_gran"));
        Files.delete(root.resolve("info/MB"));
        Files.delete(root.resolve("info/L3"));
        refused("{\"memBwSchema\": \"MB:0=50\"}", ".memBwSchema", "this host cannot allocate memory bandwidth");
        refused("{\"l3CacheSchema\": \"L3:0=f\"}", ".l3CacheSchema", "cannot allocate level 3 cache");
        Files.createDirectories(root.resolve("info/L3CODE"));
        assertThat(group("{\"l3CacheSchema\": \"L3CODE:0=f\"}").schemata()).isEqualTo("L3CODE:0=f\n");
    }

    @Test
    void an_id_that_the_kernel_uses_itself_is_refused() {
        assertThatThrownBy(() -> group(ContainerName.of("info"), "{}"))
                .hasMessage("config.json: linux.intelRdt: \"info\" is not the name of a group."
                        + " Use another container id");
    }

    @Test
    void without_resctrl_it_is_refused_and_without_the_field_nothing_is_done() {
        assertThatThrownBy(() -> ResctrlGroups.toCreate(NAME, config("{}"), null))
                .hasMessage("config.json: linux.intelRdt: no resctrl file system is mounted."
                        + " Mount it (mount -t resctrl resctrl /sys/fs/resctrl), or leave it out");
        assertThat(ResctrlGroups.toCreate(NAME, config("null"), null)).isNull();
    }

    @Test
    void another_process_enters_what_is_there() throws IOException {
        ResctrlGroups groups = new ResctrlGroups(new Resctrl(root.toString(), MAGIC));
        var wanted = config("{\"closID\": \"gold\", \"enableMonitoring\": true}")
                .linux()
                .intelRdt();
        assertThat(groups.tasks(NAME, wanted)).containsExactly(root + "/gold/tasks");
        Files.createDirectory(root.resolve("gold/mon_groups/web1"));
        assertThat(groups.tasks(NAME, wanted))
                .containsExactly(root + "/gold/tasks", root + "/gold/mon_groups/web1/tasks");
    }
}
