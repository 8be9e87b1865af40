package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What CRIU could not do is refused before it is asked. */
class CriuRefusalsTest {

    private static OciConfig config(String namespaces, String more) {
        String json = """
                {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
                 "linux": {"namespaces": [%s]%s}}
                """.formatted(namespaces, more);
        return BundleReader.of(Path.of("/b"), json.getBytes(StandardCharsets.UTF_8))
                .config();
    }

    private static HostFacts host(int uid) {
        return new HostFacts(
                "6.1",
                "boot",
                new CgroupLayout(List.of(), Optional.empty()),
                40,
                -1,
                true,
                uid,
                HostFacts.DELEGATE,
                SecurityModules.NONE);
    }

    @Test
    void without_the_rights_of_root() {
        assertThatThrownBy(() -> Criu.requireRoot("checkpoint", host(1000)))
                .hasMessage("checkpoint: CRIU needs to be root of the host. Run it as root");
        assertThatCode(() -> Criu.requireRoot("checkpoint", host(0))).doesNotThrowAnyException();
    }

    @Test
    void mounts_that_are_not_the_containers_own() {
        assertThatThrownBy(() -> CheckpointRequest.requireOwnMounts(config("{\"type\": \"pid\"}", ""), "checkpoint"))
                .hasMessage("config.json: linux.namespaces: checkpoint of a container in a shared mount namespace"
                        + " is not served");
    }

    @Test
    void what_cannot_be_brought_back() {
        assertThatThrownBy(() -> RestoreRequest.check(
                        config("{\"type\": \"mount\"}, {\"type\": \"cgroup\", \"path\": \"/proc/1/ns/cgroup\"}", "")))
                .hasMessageContaining("CRIU cannot restore into a cgroup namespace that exists");
        assertThatThrownBy(() -> RestoreRequest.check(
                        config("{\"type\": \"mount\"}, {\"type\": \"network\"}", ", \"netDevices\": {\"eth0\": {}}")))
                .hasMessageContaining("a restored container does not get interfaces of the host");
    }
}
