package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Known holes of container runtimes, each with the number it has elsewhere. A canary on the host must not change. */
@RootTest
class SecurityIT {

    /** A directory on the host that nothing in a container may reach; symlinks point at it. */
    private static Path canary(Troupe troupe) throws IOException {
        Path canary = Files.createTempDirectory(troupe.directory(), "canary-");
        Files.writeString(canary.resolve("file"), "untouched");
        return canary;
    }

    private static void assertUntouched(Path canary) throws IOException {
        try (Stream<Path> files = Files.list(canary)) {
            assertThat(files.toList()).containsExactly(canary.resolve("file"));
        }
        assertThat(canary.resolve("file")).hasContent("untouched");
    }

    private static void replaceBySymlink(Bundle bundle, String name, Path target) throws IOException {
        Troupe.removeTree(bundle.rootfs().resolve(name));
        Files.createSymbolicLink(bundle.rootfs().resolve(name), target);
    }

    /** CVE-2015-3627, CVE-2023-27561, CVE-2026-41579. */
    @ParameterizedTest
    @ValueSource(strings = {"proc", "sys", "dev"})
    void a_link_in_the_place_of_a_mount_leads_nowhere(String name, Troupe troupe) throws IOException {
        Path canary = canary(troupe);
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true");
        replaceBySymlink(bundle, name, canary);

        troupe.run("run", "--bundle", bundle.path().toString(), "linked");

        assertUntouched(canary);
        troupe.verifiesClean();
    }

    /** CVE-2015-3629: the target of a mount climbs out through a link. */
    @ParameterizedTest
    @ValueSource(strings = {"/mnt/new/dir", "/mnt"})
    void the_target_of_a_mount_stays_inside(String destination, Troupe troupe) throws IOException {
        Path canary = canary(troupe);
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                .add(
                        "/mounts",
                        "{\"destination\": \"%s\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}".formatted(destination));
        replaceBySymlink(bundle, "mnt", canary);

        troupe.run("run", "--bundle", bundle.path().toString(), "climbing");

        assertUntouched(canary);
    }

    /** CVE-2024-21626: a working directory through a leaked descriptor. */
    @Test
    void a_working_directory_is_inside(Troupe troupe) {
        troupe.runDetached("inside", Bundle.sleeping(troupe.directory()));
        for (int fd = 3; fd <= 30; fd++) {
            String cwd = "/proc/self/fd/" + fd;
            Bundle bundle = Bundle.running(troupe.directory(), "pwd").set("/process/cwd", "\"" + cwd + "\"");

            troupe.run("run", "--bundle", bundle.path().toString(), "outside").failsWithOneLine();
            troupe.run("exec", "--cwd", cwd, "inside", "pwd").failsWithOneLine();
        }
        troupe.run("delete", "--force", "inside").succeeds();
    }

    /** CVE-2016-9962, CVE-2024-21626: nothing but 0 to 2 is open. */
    @Test
    void no_descriptor_leaks(Troupe troupe) {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.runDetached("sealed", bundle);

        assertThat(openDescriptors(troupe.pid("sealed"))).containsExactlyInAnyOrder("0", "1", "2");
        // ls itself opens the directory as 3.
        assertThat(troupe.run("exec", "sealed", "ls", "/proc/self/fd")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactlyInAnyOrder("0", "1", "2", "3");
        troupe.run("delete", "--force", "sealed").succeeds();
    }

    private static List<String> openDescriptors(int pid) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void descriptors_are_kept_only_if_asked(Troupe troupe) throws IOException {
        Path file = Files.writeString(troupe.directory().resolve("third"), "from the third\n");
        Bundle bundle = Bundle.shell(troupe.directory(), "cat <&3");

        Result kept = Call.of(
                        "sh",
                        "-c",
                        "exec 3<%s; exec %s run --preserve-fds 1 --bundle %s kept"
                                .formatted(file, Troupe.BINARY, bundle.path()))
                .with(troupe.environment())
                .run();
        Result lost = Call.of(
                        "sh",
                        "-c",
                        "exec 3<%s; exec %s run --bundle %s lost".formatted(file, Troupe.BINARY, bundle.path()))
                .with(troupe.environment())
                .run();

        assertThat(kept.succeeds().out()).isEqualTo("from the third\n");
        assertThat(lost.exit()).isNotZero();
    }

    /** CVE-2019-5736: the container runs and overwrites the runtime's binary. */
    @Test
    void the_runtimes_binary_is_out_of_reach(Troupe troupe) throws Exception {
        byte[] before = digest(Troupe.BINARY);
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/again");
        Files.writeString(bundle.rootfs().resolve("bin/again"), "#!/proc/self/exe\n");
        Files.setPosixFilePermissions(
                bundle.rootfs().resolve("bin/again"), PosixFilePermissions.fromString("rwxr-xr-x"));

        troupe.run("run", "--bundle", bundle.path().toString(), "again");

        assertThat(digest(Troupe.BINARY)).isEqualTo(before);
    }

    private static byte[] digest(Path file) throws Exception {
        return java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    }

    /** CVE-2025-31133: masking by a /dev/null that is not the device. */
    @Test
    void a_false_null_device_does_not_unmask(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.shell(troupe.directory(), "wc -c </proc/keys; wc -c </proc/timer_list");
        Files.createSymbolicLink(bundle.rootfs().resolve("dev/null"), Path.of("/proc/sysrq-trigger"));

        assertThat(troupe.run("run", "--bundle", bundle.path().toString(), "null")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("0", "0");
    }

    /** CVE-2015-3631, CVE-2019-16884: mounts over parts of /proc. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/attr", "/proc/sys", "/proc/1"})
    void nothing_is_mounted_over_proc(String destination, Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true")
                .add(
                        "/mounts",
                        "{\"destination\": \"%s\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}".formatted(destination));

        troupe.run("run", "--bundle", bundle.path().toString(), "over-proc").failsWithOneLine();
    }

    /** CVE-2024-3154, CVE-2026-53488: annotations are data. */
    @Test
    void annotations_change_nothing(Troupe troupe) throws IOException {
        Path canary = canary(troupe);
        Bundle bundle = Bundle.running(troupe.directory(), "/bin/true").set("/annotations", """
                {"org.systemd.property.ExecStopPost": "['/bin/touch', '%1$s/made']", "run.oci.hooks.stdout": "%1$s/made",
                 "com.github.containers.log": "binary:///bin/touch?%1$s/made"}""".formatted(canary));

        troupe.run("run", "--bundle", bundle.path().toString(), "annotated").succeeds();

        assertUntouched(canary);
    }

    /** CVE-2020-15257: no abstract sockets; CVE-2021-41103: no directories for others. */
    @Test
    void sockets_and_directories_are_the_owners(Troupe troupe) throws IOException {
        troupe.runDetached("private", Bundle.sleeping(troupe.directory()));

        assertThat(Host.lines(Path.of("/proc/net/unix")))
                .noneMatch(line -> line.contains(" @") && line.contains("troupe"));
        for (Path root : List.of(troupe.runDirectory(), troupe.dataDirectory())) {
            try (Stream<Path> paths = Files.walk(root)) {
                for (Path path : paths.toList()) {
                    String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as(path.toString())
                            .isEqualTo(expected);
                }
            }
        }
        troupe.run("delete", "--force", "private").succeeds();
    }

    /** CVE-2022-1708: what a container prints does not pile up anywhere. */
    @Test
    void much_output_costs_no_memory(Troupe troupe) {
        Bundle bundle = Bundle.running(troupe.directory(), "head", "-c", "300000000", "/dev/zero");
        Path status = Path.of("/proc/" + troupe.supervisorPid() + "/status");

        Result run = Call.of("sh", "-c", "%s run --bundle %s loud | wc -c".formatted(Troupe.BINARY, bundle.path()))
                .with(troupe.environment())
                .run();

        assertThat(run.succeeds().out().strip()).isEqualTo("300000000");
        assertThat(Integer.parseInt(Host.field(status, "VmRSS").split(" ")[0])).isLessThan(250_000);
    }

    /** A supervisor started on demand must not keep the first caller's pipes open: conmon and shells wait for their end. */
    @Test
    void the_first_callers_output_ends_with_it() {
        try (Troupe troupe = new Troupe()) {
            Result first = Call.of("sh", "-c", "exec 9>&1; %s list --quiet | cat".formatted(Troupe.BINARY))
                    .with(troupe.environment())
                    .run();

            first.succeeds();
            assertThat(openDescriptorTargets(troupe.supervisorPid()))
                    .noneMatch(target -> target.contains("troupe-it-") && target.endsWith(".out"));
        }
    }

    private static List<String> openDescriptorTargets(int pid) {
        return openDescriptors(pid).stream()
                .map(fd -> Call.of("readlink", "/proc/" + pid + "/fd/" + fd)
                        .run()
                        .out()
                        .strip())
                .toList();
    }
}
