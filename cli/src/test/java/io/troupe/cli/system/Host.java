package io.troupe.cli.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** What this machine has. */
final class Host {

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private Host() {}

    /** Says once per JVM when the answer is no: who builds without root should see what was not tested. */
    static boolean isRoot() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root && TOLD.compareAndSet(false, true)) {
            System.err.println("Tests with real containers are skipped: they need root");
        }
        return root;
    }

    static boolean has(String program) {
        return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    static boolean hasPodman() {
        return has("podman") && has("conmon");
    }

    static boolean hasBuildah() {
        return has("buildah");
    }

    static boolean hasContainerd() {
        return has("containerd") && has("ctr") && has("containerd-shim-runc-v2");
    }

    static boolean hasDocker() {
        return has("dockerd") && has("docker");
    }

    /** {@return whether a user without rights can be made here who may make user namespaces} */
    static boolean hasUserNamespacesForAll() {
        Path debian = Path.of("/proc/sys/kernel/unprivileged_userns_clone");
        return has("useradd")
                && has("runuser")
                && has("newuidmap")
                && !text(Path.of("/proc/sys/user/max_user_namespaces")).equals("0")
                && !(Files.exists(debian) && text(debian).equals("0"));
    }

    /** {@return whether the kernel's log can be read} */
    static boolean tellsOfTheKernel() {
        return has("dmesg") && !Call.of("dmesg").run().out().isEmpty();
    }

    static boolean hasRootlessPodman() {
        return hasPodman() && hasUserNamespacesForAll();
    }

    static boolean hasCatatonit() {
        return Files.isExecutable(Path.of("/usr/libexec/podman/catatonit")) || has("catatonit");
    }

    static boolean hasRunc() {
        return has("runc");
    }

    /** Lets everybody pass through a directory, as processes in a user namespace must. */
    static Path openDirectory(Path directory) throws IOException {
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** {@return CAP_SYS_RESOURCE (24, capability.h): without it limits cannot be raised} */
    static boolean mayRaiseLimits() {
        return (capabilities() >> 24 & 1) == 1;
    }

    /** {@return CAP_SYS_NICE (23): without it there is no higher priority, and often no memory policy} */
    static boolean mayPrioritize() {
        return (capabilities() >> 23 & 1) == 1;
    }

    private static long capabilities() {
        return Long.parseUnsignedLong(field(Path.of("/proc/self/status"), "CapEff"), 16);
    }

    /** {@return whether a process is there and no zombie: its new parent reaps it when it likes} */
    static boolean runs(int pid) {
        Path status = Path.of("/proc/" + pid + "/status");
        return Files.exists(status) && !field(status, "State").startsWith("Z");
    }

    /**
     * Waits until no process has this path among its arguments: conmon outlives its container, and has podman clean up
     * after it, which others do not wait for. A conmon that has become the parent of a supervisor or a park stays as
     * long as that.
     */
    static void awaitEndOfAllThatName(Path path) {
        for (Optional<ProcessHandle> left = naming(path); left.isPresent(); left = naming(path)) {
            left.get()
                    .onExit()
                    .orTimeout(Call.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }

    /** Waits until no process has this user: userdel(8) wants that. */
    static void awaitEndOfAllOf(int uid) {
        for (Optional<ProcessHandle> left = belongingTo(uid); left.isPresent(); left = belongingTo(uid)) {
            left.get()
                    .onExit()
                    .orTimeout(Call.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }

    private static Optional<ProcessHandle> belongingTo(int uid) {
        return ProcessHandle.allProcesses()
                .filter(process -> owner(process) == uid)
                .findFirst();
    }

    private static int owner(ProcessHandle process) {
        try {
            return (int) Files.getAttribute(Path.of("/proc", Long.toString(process.pid())), "unix:uid");
        } catch (IOException gone) {
            return -1;
        }
    }

    private static Optional<ProcessHandle> naming(Path path) {
        return ProcessHandle.allProcesses()
                .filter(process -> arguments(process).contains(path.toString()))
                .filter(process -> process.children().noneMatch(Host::stays))
                .findFirst();
    }

    /** {@return whether it is a supervisor, or the park that a killed one has left} */
    private static boolean stays(ProcessHandle process) {
        String arguments = arguments(process);
        return arguments.contains(Troupe.HOME.resolve("lib").toString()) || arguments.contains("\0--park\0");
    }

    private static String arguments(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    /** {@return the value of a {@code Name: value} line} */
    static String field(Path file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + file));
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean hasUnifiedCgroups() {
        return Files.exists(CGROUPS.resolve("cgroup.controllers"));
    }

    /** {@return where a controller of version 1 is, if anywhere} */
    static Optional<Path> cgroup(String controller) {
        return Optional.of(CGROUPS.resolve(controller)).filter(Files::isDirectory);
    }

    /** A block device. */
    record Disk(int major, int minor) {}

    /** {@return a disk of this machine} */
    static Disk disk() {
        try (Stream<Path> disks = Files.list(Path.of("/sys/block"))) {
            String[] numbers = text(disks.sorted().findFirst().orElseThrow().resolve("dev"))
                    .split(":", 2);
            return new Disk(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the directory of a process's cgroup for a controller, if the host has that controller} */
    static Optional<Path> cgroup(int pid, String controller) {
        for (String line : lines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (hasUnifiedCgroups() && parts[0].equals("0")) {
                return Optional.of(CGROUPS.resolve(parts[2].substring(1)));
            }
            if (List.of(parts[1].split(",")).contains(controller)) {
                return Optional.of(CGROUPS.resolve(controller).resolve(parts[2].substring(1)));
            }
        }
        return Optional.empty();
    }
}
