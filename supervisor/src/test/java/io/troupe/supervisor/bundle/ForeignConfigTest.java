package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.supervisor.bundle.Namespaces.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations that other tools write: runc 1.1.5, crun 1.8.1 and podman 4.3.1 as captured, containerd 1.6's by hand. */
class ForeignConfigTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runc-spec.json",
                "crun-spec.json",
                "podman-run.json",
                "containerd-ctr.json",
                "example-config.json",
                "rootfs-config.json"
            })
    void is_read_whole(String name) {
        assertThat(ConfigReader.config(Configs.resource(name)).unknownFields()).isEmpty();
    }

    @Test
    void podman_run_means_what_it_says() {
        OciConfig config =
                ConfigReader.config(Configs.resource("podman-run.json")).config();
        LinuxSection linux = config.linux();

        assertThat(linux.resources().memory().limit()).isEqualTo(64L << 20);
        assertThat(linux.resources().cpu().quota()).isEqualTo(50_000);
        assertThat(linux.resources().pidsLimit()).isEqualTo(2048);
        assertThat(linux.sysctl()).containsEntry("kernel/msgmax", "8192");
        assertThat(linux.devices().getFirst())
                .isEqualTo(new DeviceNode(
                        "/dev/fuse", 'c', 10, 229, linux.devices().getFirst().mode(), 0, 0));
        assertThat(linux.devices().getFirst().mode()).isLessThanOrEqualTo(0777);
        assertThat(linux.namespaces().made()).contains(Kind.PID, Kind.NETWORK, Kind.MOUNT);
        assertThat(linux.seccomp()).isNotNull();
        assertThat(linux.seccomp().defaultAction()).isEqualTo(SeccompProfile.Action.ERRNO);
        assertThat(config.mounts())
                .filteredOn(mount -> mount.destination().equals("/hosttmp"))
                .singleElement()
                .satisfies(mount -> assertThat(mount.options())
                        .isEqualTo(new MountOptions(
                                true, true, 1, 0, 0, 0, MountWords.PRIVATE | MountWords.RECURSIVE, List.of(), false)));
    }

    @Test
    void podman_exec_is_a_process() {
        ProcessSection process = ConfigReader.process(Configs.resource("podman-exec.json"));

        assertThat(process.args()).containsExactly("/bin/busybox", "true");
        assertThat(process.capabilities().inheritable()).isZero();
        assertThat(process.terminal()).isFalse();
    }

    @Test
    void names_that_the_specification_does_not_know_are_listed_and_permitted() {
        assertThat(ConfigReader.config(Configs.edited("/linux/namespaces/0/colour", "1"))
                        .unknownFields())
                .containsExactly("linux.namespaces[0].colour");
    }

    @Test
    void an_absent_process_is_permitted() {
        assertThat(ConfigReader.config(Configs.edited("/process", "null"))
                        .config()
                        .process())
                .isNull();
    }

    @Test
    void what_asks_for_nothing_is_permitted() {
        assertThat(ConfigReader.config(
                                Configs.edited(
                                        "/linux/resources",
                                        "{\"blockIO\": {}, \"unified\": {}, \"hugepageLimits\": [], \"network\": {\"classID\": 0}}"))
                        .config()
                        .linux()
                        .resources())
                .isEqualTo(Resources.NONE);
    }

    @Test
    void ambient_capabilities_that_are_not_inheritable_are_none_as_in_the_kernel() {
        ProcessSection process =
                ConfigReader.config(Configs.resource("runc-spec.json")).config().process();

        assertThat(process).isNotNull();
        assertThat(process.capabilities().permitted()).isNotZero();
        assertThat(process.capabilities().ambient()).isZero();
    }

    @Test
    void limits_take_all_unsigned_values() {
        ProcessSection process = ConfigReader.config(Configs.edited("/process/rlimits/0/hard", "18446744073709551615"))
                .config()
                .process();

        assertThat(process).isNotNull();
        assertThat(process.rlimits()).containsExactly(new ResourceLimit("RLIMIT_NOFILE", 7, 1024, -1));
    }
}
