package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request.BundleSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleReaderTest {
    @TempDir
    Path directory;

    @Test
    void a_bundle_is_read_with_its_digest() throws IOException {
        write(ExampleConfig.json());
        Files.createDirectory(directory.resolve("rootfs"));

        Bundle bundle = BundleReader.read(directory);

        assertThat(bundle.rootfs()).isEqualTo(directory.resolve("rootfs"));
        assertThat(bundle.json()).isEqualTo(ExampleConfig.json());
        assertThat(bundle.sha256()).matches("[0-9a-f]{64}");
    }

    @Test
    void sources_of_binds_are_beneath_the_bundle() {
        byte[] json = Configs.edited(
                "/mounts/-",
                "{\"destination\": \"data\", \"type\": \"none\", \"source\": \"d\", \"options\": [\"bind\"]}");

        assertThat(BundleReader.of(directory, json).config().mounts().getLast())
                .returns("/data", MountEntry::destination)
                .returns(directory + "/d", MountEntry::source);
    }

    @Test
    void what_is_missing_is_named() throws IOException {
        assertThat(refusal(directory.resolve("no")))
                .isEqualTo("bundle " + directory
                        + "/no: is not a directory that can be read. Name a bundle with --bundle");
        assertThat(refusal(directory))
                .isEqualTo(
                        directory + "/config.json: is missing. Write one with \"troupe spec\", or name another bundle");
        write(ExampleConfig.json());
        assertThat(refusal(directory))
                .isEqualTo("config.json: root.path: \"" + directory
                        + "/rootfs\" is not a directory. Make the root file system there, or correct the path");
    }

    @Test
    void a_config_that_is_no_file_is_refused() throws IOException {
        Files.createDirectory(directory.resolve("config.json"));

        assertThat(refusal(directory)).contains("config.json: is not a regular file");
    }

    @Test
    void parameters_of_the_hosts_network_are_refused_though_named_by_path() throws IOException {
        Files.createDirectory(directory.resolve("rootfs"));
        byte[] json = Configs.edited(
                "/linux",
                "{\"namespaces\": [{\"type\": \"mount\"}, {\"type\": \"uts\"}, "
                        + "{\"type\": \"network\", \"path\": \"/proc/self/ns/net\"}], "
                        + "\"sysctl\": {\"net.ipv4.ip_forward\": \"1\"}}");
        Files.write(directory.resolve("config.json"), json);

        assertThat(refusal(directory)).contains("the network namespace at /proc/self/ns/net is the host's");
    }

    @Test
    void proc_may_be_bound_from_proc_alone() throws IOException {
        Files.createDirectory(directory.resolve("rootfs"));
        String bind = "{\"destination\": \"/proc\", \"type\": \"bind\", \"source\": \"%s\"}";
        Files.write(directory.resolve("config.json"), Configs.edited("/mounts/0", bind.formatted(directory)));
        assertThat(refusal(directory)).contains("binds something that is not a proc file system to /proc");

        Files.write(directory.resolve("config.json"), Configs.edited("/mounts/0", bind.formatted("/no/such")));
        assertThat(refusal(directory))
                .isEqualTo("config.json: mounts[0].source: \"/no/such\" cannot be read. Correct the path");

        Files.write(directory.resolve("config.json"), Configs.edited("/mounts/0", bind.formatted("/proc")));
        assertThat(BundleReader.read(directory).config().mounts().getFirst().bind())
                .isTrue();
    }

    @Test
    void huge_pages_are_of_a_size_that_the_host_has() throws IOException {
        Files.createDirectory(directory.resolve("rootfs"));
        Files.write(
                directory.resolve("config.json"),
                Configs.edited("/linux/resources/hugepageLimits", "[{\"pageSize\": \"3MB\", \"limit\": 0}]"));

        assertThat(refusal(directory))
                .isEqualTo(
                        "config.json: linux.resources.hugepageLimits[0].pageSize: \"3MB\" is no size of huge pages of"
                                + " this host. See /sys/kernel/mm/hugepages");
    }

    @Test
    void a_root_file_system_needs_no_bundle() {
        Bundle bundle = RootFileSystemConfig.of(
                new BundleSource.RootFileSystem("/", List.of("echo", "a\nb"), List.of("TERM=dumb", "X=1"), "", false),
                "web1");

        ProcessSection process = Objects.requireNonNull(bundle.config().process());
        assertThat(bundle.rootfs()).isEqualTo(Path.of("/"));
        assertThat(bundle.config().root().readonly()).isTrue();
        assertThat(bundle.config().hostname()).isEqualTo("web1");
        assertThat(process.args()).containsExactly("echo", "a\nb");
        assertThat(process.env()).contains("TERM=dumb", "X=1", "HOME=/root").doesNotContain("TERM=xterm");
        assertThat(process.noNewPrivileges()).isTrue();
        assertThat(bundle.config().linux().maskedPaths()).contains("/sys/devices/virtual/powercap");
        assertThat(bundle.config().root().borrowed()).isTrue();
        // What an exec reads back has the same program and limits; whose the root is, it need not know.
        Bundle again = BundleReader.of(bundle.path(), bundle.json().getBytes(StandardCharsets.UTF_8));
        assertThat(again.sha256()).isEqualTo(bundle.sha256());
        assertThat(again.config().process()).isEqualTo(process);
        assertThat(again.config().linux()).isEqualTo(bundle.config().linux());
    }

    private void write(String text) throws IOException {
        Files.writeString(directory.resolve("config.json"), text);
    }

    private static String refusal(Path directory) {
        FailureException refused = catchThrowableOfType(FailureException.class, () -> BundleReader.read(directory));
        assertThat(refused).isNotNull();
        return refused.failure().line();
    }
}
