package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config.md, "Mounts": what is asked for is what the container sees. */
@RootTest
class MountsIT {
    private static final int OWNER = 1000;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"options": ["bind", "idmap"], "uidMappings": [{"containerID": 1000, "hostID": 2000, "size": 1}], "gidMappings": [{"containerID": 1000, "hostID": 3000, "size": 1}]}
            {"options": ["rbind", "ridmap"], "uidMappings": [{"containerID": 1000, "hostID": 2000, "size": 1}], "gidMappings": [{"containerID": 1000, "hostID": 3000, "size": 1}]}
            {"options": ["bind", "idmap=uids=1000-2000-1;gids=1000-3000-1"]}
            {"options": ["rbind", "ridmap=gids=1000-3000-1#0-5-1;uids=1000-2000-1"]}
            """)
    void owners_on_a_mount_are_mapped(String mount, Troupe troupe) throws IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "stat", "-c", "%u:%g", "/data/file")
                .add("/mounts", at("/data", owned(troupe), mount));

        assertThat(run(troupe, bundle)).isEqualTo("2000:3000");
    }

    @Test
    void owners_are_mapped_by_the_containers_user_namespace(Troupe troupe) throws IOException {
        String maps = "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]";
        Path data = owned(troupe);
        Bundle bundle = Bundle.running(
                        troupe.directory(), "stat", "-c", "%u:%g", "/mapped/file", "/plain/file", "/relative/file")
                .add("/linux/namespaces", "{\"type\": \"user\"}")
                .set("/linux/uidMappings", maps)
                .set("/linux/gidMappings", maps)
                .add("/mounts", at("/mapped", data, "{\"options\": [\"rbind\", \"idmap\", \"rro\"]}"))
                .add("/mounts", at("/plain", data, "{\"options\": [\"bind\"]}"))
                .add(
                        "/mounts",
                        at("/relative", data, "{\"options\": [\"bind\", \"idmap=uids=@1000-7-1;gids=@1000-8-1\"]}"));

        for (String target : new String[] {"mapped", "plain", "relative"}) {
            Files.createDirectory(bundle.rootfs().resolve(target));
        }

        assertThat(run(troupe, bundle).lines()).containsExactly("1000:1000", "65534:65534", "7:8");
    }

    @Test
    void a_relative_destination_is_below_the_root(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "ls", "/data")
                .add("/mounts", at("data", owned(troupe), "{\"options\": [\"bind\"]}"));

        assertThat(run(troupe, bundle)).isEqualTo("file");
    }

    @Test
    void what_binds_take_no_notice_of_is_left_out_with_a_warning(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.running(troupe.directory(), "ls", "/data")
                .add("/mounts", at("/data", owned(troupe), "{\"options\": [\"bind\", \"mode=755\"]}"));

        Result run = troupe.run("run", "--bundle", bundle.path().toString(), "mounts");

        assertThat(run.succeeds().out().strip()).isEqualTo("file");
        assertThat(run.err())
                .startsWith("troupe: warning: config.json: mounts[")
                .contains("\"mode=755\" is left out");
    }

    @Test
    void links_are_copied_or_bound_themselves_where_asked(Troupe troupe) throws IOException {
        Path data = owned(troupe);
        Path link = Files.createSymbolicLink(data.resolve("link"), Path.of("/etc/group"));
        Bundle bundle = Bundle.shell(
                troupe.directory(), "readlink /copied; readlink /bound; readlink /covered || cat /covered");
        Files.createSymbolicLink(bundle.rootfs().resolve("covered"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(bundle.rootfs().resolve("bound"), Path.of("/nowhere"));
        bundle.add("/mounts", at("/copied", link, "{\"options\": [\"bind\", \"copy-symlink\"]}"))
                .add("/mounts", at("/bound", link, "{\"options\": [\"bind\", \"src-nofollow\", \"dest-nofollow\"]}"))
                .add("/mounts", at("/covered", data.resolve("file"), "{\"options\": [\"bind\", \"dest-nofollow\"]}"));

        assertThat(run(troupe, bundle).lines()).containsExactly("/etc/group", "/etc/group", "content");
        assertThat(bundle.rootfs().resolve("etc/passwd")).isNotEmptyFile();
        assertThat(Files.readSymbolicLink(bundle.rootfs().resolve("covered"))).isEqualTo(Path.of("/etc/passwd"));
    }

    @Test
    void a_mount_that_is_there_can_be_changed(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "grep", " /dev/mqueue ", "/proc/mounts")
                .add("/mounts", "{\"destination\": \"/dev/mqueue\", \"options\": [\"remount\", \"ro\", \"exec\"]}");

        assertThat(run(troupe, bundle)).contains(" ro,nosuid,nodev,relatime ");
    }

    @Test
    void words_with_r_hold_for_the_mounts_below(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "grep", " /mnt", "/proc/mounts")
                .add("/mounts", at("/mnt", Path.of("/dev"), "{\"options\": [\"rbind\", \"rro\", \"rnoexec\"]}"));

        assertThat(run(troupe, bundle).lines())
                .hasSizeGreaterThan(1)
                .allSatisfy(line ->
                        assertThat(line.split(" ", -1)[3].split(",", -1)).contains("ro", "noexec"));
    }

    @Test
    void masked_directories_share_one_file_system(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "stat", "-c", "%d", "/tmp", "/mnt", "/etc")
                .set("/linux/maskedPaths", "[\"/tmp\", \"/mnt\"]");

        String[] devices = run(troupe, bundle).split("\n", -1);

        assertThat(devices[0]).isEqualTo(devices[1]).isNotEqualTo(devices[2]);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void the_cgroups_that_are_mounted_are_its_own(boolean namespace, Troupe troupe) {
        Bundle bundle = Bundle.shell(
                troupe.directory(),
                "cat $(grep -l . /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/pids/cgroup.procs 2>/dev/null) | tr '\\n' ' '");
        if (namespace) {
            bundle.add("/linux/namespaces", "{\"type\": \"cgroup\"}");
        }

        assertThat(run(troupe, bundle).split(" ", -1)).contains("1").doesNotContain("0");
    }

    private static String run(Troupe troupe, Bundle bundle) {
        return troupe.run("run", "--bundle", bundle.path().toString(), "mounts")
                .succeeds()
                .out()
                .strip();
    }

    /** {@return a directory with a file, both of {@link #OWNER}} */
    private static Path owned(Troupe troupe) throws IOException {
        Path directory = Host.openDirectory(Files.createTempDirectory(troupe.directory(), "data-"));
        Path file = Files.writeString(directory.resolve("file"), "content\n");
        for (Path path : new Path[] {directory, file}) {
            Files.setAttribute(path, "unix:uid", OWNER, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", OWNER, LinkOption.NOFOLLOW_LINKS);
        }
        return directory;
    }

    private static String at(String destination, Path source, String mount) {
        return "{\"destination\": \"" + destination + "\", \"source\": \"" + source + "\", "
                + mount.strip().substring(1);
    }
}
