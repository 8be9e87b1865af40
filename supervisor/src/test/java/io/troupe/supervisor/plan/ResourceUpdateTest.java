package io.troupe.supervisor.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.ConfigReader;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResourceUpdateTest {
    private static final CgroupLayout V2 =
            new CgroupLayout(List.of(), Optional.of(new Hierarchy(List.of("cpu", "memory"), "/sys/fs/cgroup", "/")));
    private static final CgroupLayout V1 = new CgroupLayout(
            List.of(
                    new Hierarchy(List.of("memory"), "/sys/fs/cgroup/memory", "/"),
                    new Hierarchy(List.of("cpu"), "/sys/fs/cgroup/cpu", "/"),
                    new Hierarchy(List.of("cpuset"), "/sys/fs/cgroup/cpuset", "/")),
            Optional.empty());

    private static List<String> changes(CgroupLayout layout, String json, Map<String, String> files) {
        List<String> cgroups = layout.isUnified()
                ? List.of("/sys/fs/cgroup/c")
                : List.of("/sys/fs/cgroup/memory/c", "/sys/fs/cgroup/cpu/c");
        return new ResourceUpdate(layout, cgroups, file -> Optional.ofNullable(files.get(file)))
                .changes(ConfigReader.resources("update", json.getBytes(UTF_8))).stream()
                        .map(change -> change.files().getFirst() + " "
                                + change.values().getFirst())
                        .toList();
    }

    @Test
    void a_quota_alone_keeps_the_period_and_a_period_the_quota() {
        Map<String, String> files = Map.of("/sys/fs/cgroup/c/cpu.max", "20000 50000");

        assertThat(changes(V2, "{\"cpu\": {\"quota\": 10000}}", files))
                .containsExactly("/sys/fs/cgroup/c/cpu.max 10000 50000");
        assertThat(changes(V2, "{\"cpu\": {\"period\": 40000}}", files))
                .containsExactly("/sys/fs/cgroup/c/cpu.max 20000 40000");
    }

    @Test
    void without_a_limit_of_memory_there_is_none_with_swap() {
        Map<String, String> files = Map.of("/sys/fs/cgroup/memory/c/memory.memsw.limit_in_bytes", "5");

        assertThat(changes(V1, "{\"memory\": {\"limit\": -1}}", files))
                .contains("/sys/fs/cgroup/memory/c/memory.memsw.limit_in_bytes -1")
                .contains("/sys/fs/cgroup/memory/c/memory.limit_in_bytes -1");
        assertThat(changes(V1, "{\"memory\": {\"limit\": -1}}", Map.of()))
                .containsExactly("/sys/fs/cgroup/memory/c/memory.limit_in_bytes -1");
    }

    @Test
    void memory_and_swap_together_may_be_changed_alone() {
        Map<String, String> files = Map.of("/sys/fs/cgroup/c/memory.max", "1000");

        assertThat(changes(V2, "{\"memory\": {\"swap\": 1500}}", files))
                .containsExactly("/sys/fs/cgroup/c/memory.swap.max 500");
        assertThat(changes(V2, "{\"memory\": {\"swap\": -1}}", files))
                .containsExactly("/sys/fs/cgroup/c/memory.swap.max max");
        assertThat(changes(V1, "{\"memory\": {\"swap\": 1500}}", Map.of()))
                .containsExactly("/sys/fs/cgroup/memory/c/memory.memsw.limit_in_bytes 1500");
        assertThatThrownBy(() ->
                        changes(V2, "{\"memory\": {\"swap\": 1500}}", Map.of("/sys/fs/cgroup/c/memory.max", "max")))
                .hasMessageContaining("it counts memory and swap together, and there is no memory limit below it");
        assertThatThrownBy(() -> changes(V1, "{\"memory\": {\"limit\": 2, \"swap\": 1}}", Map.of()))
                .hasMessageContaining("less than what memory alone may be");
    }

    @Test
    void no_limits_at_all_are_told_how_to_be_written() {
        assertThatThrownBy(() -> changes(V2, " \n", Map.of()))
                .hasMessage("update: is empty. Write limits, such as {\"pids\": {\"limit\": 50}}");
    }

    @Test
    void an_idle_cgroup_gets_its_weight_when_it_is_idle_no_more() {
        assertThat(changes(V2, "{\"cpu\": {\"idle\": 0, \"shares\": 1024}}", Map.of())
                        .getFirst())
                .isEqualTo("/sys/fs/cgroup/c/cpu.idle 0");
        assertThat(changes(V2, "{\"cpu\": {\"idle\": 1, \"shares\": 1024}}", Map.of())
                        .getLast())
                .isEqualTo("/sys/fs/cgroup/c/cpu.idle 1");
    }

    @Test
    void a_limit_below_the_usage_is_refused_if_that_is_asked_for() {
        Map<String, String> files = Map.of("/sys/fs/cgroup/c/memory.current", "1000");

        assertThat(changes(V2, "{\"memory\": {\"limit\": 999}}", files)).hasSize(1);
        assertThat(changes(V2, "{\"memory\": {\"limit\": 1000, \"checkBeforeUpdate\": true}}", files))
                .hasSize(1);
        assertThatThrownBy(() -> changes(V2, "{\"memory\": {\"limit\": 999, \"checkBeforeUpdate\": true}}", files))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("the container uses 1000 bytes, which is more than 999");
    }

    @Test
    void what_the_container_has_no_cgroup_for_is_refused_by_name() {
        assertThatThrownBy(() -> changes(V1, "{\"cpu\": {\"cpus\": \"0\"}}", Map.of()))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("cpu.cpus")
                .hasMessageContaining("no cgroup of the controller cpuset");
        assertThatThrownBy(() -> changes(V2, "{\"memory\": {\"swappiness\": 5}}", Map.of()))
                .hasMessageContaining("memory.swappiness");
        assertThatThrownBy(() -> changes(V2, "{\"cosmic\": 5}", Map.of()))
                .hasMessageContaining("cosmic is not a known limit");
    }
}
