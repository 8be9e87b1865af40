package io.troupe.launch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A root file system with a busybox in it, and the plan that runs a program there. */
final class TestRoot implements AutoCloseable {
    static final long MOUNT = 0x20000;
    static final long USER = 0x10000000;
    /** mnt, uts, ipc, pid, net. */
    static final long NAMESPACES = MOUNT | 0x4000000 | 0x8000000 | 0x20000000 | 0x40000000;

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final int CHARACTER_DEVICE = 0020000;
    private static final long SLAVE = 1 << 19 | 16384;
    private static final long CAPABILITIES = 0xa80425fbL;

    private final Path path;

    TestRoot() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        assumeTrue(Files.isExecutable(BUSYBOX), "skipped: needs /bin/busybox (Debian: busybox-static)");
        path = Files.createTempDirectory("troupe-test-root-");
        for (String name : List.of("bin", "proc", "sys", "dev", "tmp")) {
            Files.createDirectory(path.resolve(name));
        }
        Files.copy(BUSYBOX, path.resolve("bin/busybox"));
        for (String name : List.of("sh", "true", "echo", "ls", "sleep", "cat", "hostname", "tty", "seq")) {
            Files.createSymbolicLink(path.resolve("bin/" + name), Path.of("busybox"));
        }
    }

    Path path() {
        return path;
    }

    /** Puts a symbolic link where the directory was. */
    void replaceByLink(String name, Path target) throws IOException {
        Files.deleteIfExists(path.resolve(name));
        Files.createSymbolicLink(path.resolve(name), target);
    }

    /** {@return the child section: file system, {@code furnish}, identity, {@code finish}, program} */
    List<Step> child(List<Step> furnish, List<Step> finish, String... args) {
        List<Step> steps = new ArrayList<>(List.of(
                new Step.Propagation(SLAVE),
                new Step.Root(path.toString()),
                new Step.Mount("proc", "proc", "/proc", 14, List.of(), 0, false),
                new Step.Mount("tmpfs", "tmpfs", "/dev", 2, List.of("mode=755", "size=65536k"), 0, false),
                new Step.Mount(
                        "devpts",
                        "devpts",
                        "/dev/pts",
                        10,
                        List.of("newinstance", "ptmxmode=0666", "mode=0620"),
                        0,
                        false),
                new Step.Mount("sysfs", "sysfs", "/sys", 15, List.of(), 0, false),
                new Step.Device("/dev/null", CHARACTER_DEVICE | 0666, 1, 3, 0, 0, false),
                new Step.Symlink("pts/ptmx", "/dev/ptmx")));
        steps.addAll(furnish);
        steps.addAll(List.of(
                new Step.Hostname("hello"),
                new Step.LoopbackUp(),
                new Step.Mask("/proc/kcore"),
                new Step.Mask("/proc/acpi"),
                new Step.ReadOnly("/proc/sys"),
                new Step.EnterRoot(true),
                new Step.NoNewPrivileges(),
                new Step.BoundingCapabilities(CAPABILITIES),
                new Step.User(0, 0, List.of(), false),
                new Step.Capabilities(CAPABILITIES, CAPABILITIES, 0, 0),
                new Step.WorkingDirectory("/", false),
                new Step.FindProgram(args[0], "/bin")));
        steps.addAll(finish);
        steps.addAll(
                List.of(new Step.Gate(), new Step.CloseFrom(0), new Step.Exec(List.of(args), List.of("PATH=/bin"))));
        return steps;
    }

    static LaunchPlan plan(Set<LaunchPlan.Flag> flags, List<Step> before, List<Step> after, List<Step> child) {
        return new LaunchPlan(NAMESPACES, true, flags, before, List.of(), after, child);
    }

    /** {@return a plan that stays in the foreground} */
    LaunchPlan foreground(String... args) {
        return plan(Set.of(LaunchPlan.Flag.FOREGROUND), List.of(), List.of(), child(List.of(), List.of(), args));
    }

    @Override
    public void close() throws IOException {
        remove(path);
    }

    static void remove(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
