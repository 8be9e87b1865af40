package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** events with an id: what runc's prints. */
@RootTest
class UsageIT {

    @Test
    void stats_has_the_layout_of_runc(Troupe troupe) {
        troupe.runDetached("used", Bundle.sleeping(troupe.directory()).set("/linux/resources/pids/limit", "77"));

        JsonNode stats = troupe.run("events", "--stats", "used").succeeds().json();

        assertThat(stats.path("type").asText()).isEqualTo("stats");
        assertThat(stats.path("id").asText()).isEqualTo("used");
        JsonNode data = stats.path("data");
        for (String name :
                List.of("cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces")) {
            assertThat(data.has(name)).as(name).isTrue();
        }
        assertThat(data.at("/cpu/usage/total").asLong()).isPositive();
        assertThat(data.at("/memory/usage/usage").asLong()).isPositive();
        assertThat(data.at("/memory/raw").size()).isPositive();
        assertThat(data.at("/pids/current").asInt()).isEqualTo(1);
        assertThat(data.at("/pids/limit").asInt()).isEqualTo(77);
        if (!Host.hasUnifiedCgroups() && Host.cgroup("cpuset").isPresent()) {
            assertThat(data.at("/cpuset/cpus").size())
                    .as("of the cpuset that it shares")
                    .isPositive();
        }
        troupe.run("delete", "--force", "used").succeeds();
    }

    @Test
    void it_goes_on_until_the_container_has_ended(Troupe troupe) {
        troupe.runDetached("short", Bundle.running(troupe.directory(), "/bin/sleep", "2"));

        List<String> lines = troupe.run("events", "--interval", "300ms", "short")
                .succeeds()
                .out()
                .lines()
                .toList();

        assertThat(lines)
                .hasSizeGreaterThan(1)
                .allMatch(line -> line.startsWith("{\"type\":\"stats\",\"id\":\"short\""));
        assertThat(troupe.run("events", "--stats", "short").failsWithOneLine().err())
                .contains("it has no process, so it uses nothing");
        troupe.run("delete", "short").succeeds();
    }

    @Test
    void running_out_of_memory_is_told(Troupe troupe) {
        Bundle bundle = Bundle.shell(
                        troupe.directory(), "sleep 2; dd if=/dev/zero of=/dev/null bs=256M count=1; sleep 1")
                .set("/linux/resources/memory/limit", "33554432")
                .set("/linux/resources/memory/swap", "33554432");
        troupe.runDetached("hungry", bundle);

        assertThat(troupe.run("events", "--interval", "1h", "hungry").succeeds().out())
                .contains("{\"type\":\"oom\",\"id\":\"hungry\"}");
        troupe.run("delete", "hungry").succeeds();
    }

    @Test
    void nobody_uses_nothing(Troupe troupe) {
        assertThat(troupe.run("events", "nobody").failsWithOneLine().err()).contains("it does not exist");
    }
}
