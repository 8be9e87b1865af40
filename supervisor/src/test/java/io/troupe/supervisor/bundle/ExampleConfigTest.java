package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ExampleConfigTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As runc's does: user namespace and mapping, no network of its own, no limits, /sys bound, no foreign group. */
    @Test
    void the_rootless_one_differs_by_what_a_user_may_not() throws IOException {
        ObjectNode rootless = (ObjectNode) JSON.readTree(ExampleConfig.rootless(1000, -2));
        ObjectNode plain = (ObjectNode) JSON.readTree(ExampleConfig.json());

        assertThat(rootless.at("/linux/uidMappings/0/hostID").asLong()).isEqualTo(1000);
        assertThat(rootless.at("/linux/gidMappings/0/hostID").asLong()).isEqualTo(4_294_967_294L);
        assertThat(rootless.at("/linux/namespaces").findValuesAsText("type"))
                .contains("user")
                .doesNotContain("network");
        assertThat(rootless.at("/linux/resources").isMissingNode()).isTrue();
        assertThat(rootless.get("mounts").toString()).contains("\"rbind\"").doesNotContain("gid=", "\"sysfs\"");
        for (String section : new String[] {"ociVersion", "process", "root", "hostname"}) {
            JsonNode same = plain.get(section);
            assertThat(rootless.get(section)).isEqualTo(same);
        }
    }
}
