package io.troupe.supervisor.host;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.syscall.MountTable;
import io.troupe.syscall.Self;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Reads {@link HostFacts}. */
public final class Host {
    private static final String WHOLE_ID_RANGE = "0 0 4294967295";
    private static final int OLDEST_MAJOR = 5;
    private static final int OLDEST_MINOR = 14;

    private Host() {}

    /**
     * {@return the facts of this host}
     *
     * @throws FailureException SYSTEM, if the kernel is older than 5.14
     */
    public static HostFacts read() throws IOException {
        String release = line("/proc/sys/kernel/osrelease");
        requireKernel(release);
        return new HostFacts(
                release,
                ProcFs.bootId(),
                cgroups(),
                Integer.parseInt(line("/proc/sys/kernel/cap_last_cap")),
                capabilities(Files.readString(Path.of("/proc/self/status"))),
                initialUserNamespace(),
                Self.effectiveUid(),
                delegate(),
                security(),
                Resctrl.find());
    }

    /** {@return whether this process is in the host's first user namespace (user_namespaces(7))} */
    public static boolean initialUserNamespace() throws IOException {
        return line("/proc/self/uid_map").replaceAll("\\s+", " ").equals(WHOLE_ID_RANGE);
    }

    /** {@return the effective user, as the parent of this process's user namespace knows him (user_namespaces(7))} */
    public static long userOutside() throws IOException {
        long uid = Self.effectiveUid();
        for (String range : Files.readAllLines(Path.of("/proc/self/uid_map"))) {
            String[] numbers = range.strip().split(" +", -1);
            long first = Long.parseLong(numbers[0]);
            if (uid >= first && uid - first < Long.parseLong(numbers[2])) {
                return Long.parseLong(numbers[1]) + uid - first;
            }
        }
        return uid;
    }

    /** {@return those hierarchies that somebody else than the host's root has been given a part of} */
    static CgroupLayout delegated(CgroupLayout layout, Predicate<CgroupLayout.Hierarchy> mine) {
        return new CgroupLayout(
                layout.hierarchies().stream().filter(mine).toList(),
                layout.unified().filter(mine));
    }

    /** In version 2 new cgroups stand beside the supervisor's own, which has processes. */
    static boolean mayMakeCgroups(CgroupLayout.Hierarchy hierarchy) {
        boolean legacy = !Files.exists(Path.of(hierarchy.mountPoint(), "cgroup.controllers"));
        Path own = Path.of(hierarchy.directory(hierarchy.own()));
        return Files.isWritable(legacy ? own : Objects.requireNonNullElse(own.getParent(), own));
    }

    private static List<String> delegate() {
        List<String> files = words(lineOr("/sys/kernel/cgroup/delegate", ""), "\n");
        return files.isEmpty() ? HostFacts.DELEGATE : files;
    }

    /** AppArmor says so itself; the file system of SELinux is there only if SELinux was enabled at boot. */
    private static SecurityModules security() throws IOException {
        return new SecurityModules(
                lineOr("/sys/module/apparmor/parameters/enabled", "").startsWith("Y"),
                Files.readString(Path.of("/proc/filesystems")).lines().anyMatch(line -> line.endsWith("\tselinuxfs")));
    }

    /** How the controllers of a version 2 hierarchy are read, by its mount point. */
    @FunctionalInterface
    interface Controllers {
        String of(String mountPoint);
    }

    static void requireKernel(String release) {
        String[] parts = release.split("[^0-9]+", -1);
        int major = Integer.parseInt(parts[0]);
        int minor = parts.length > 1 && !parts[1].isEmpty() ? Integer.parseInt(parts[1]) : 0;
        if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    "kernel " + release,
                    "it is older than " + OLDEST_MAJOR + "." + OLDEST_MINOR,
                    "Use a newer one");
        }
    }

    /** {@return where cgroups are now} */
    static CgroupLayout cgroups() throws IOException {
        CgroupLayout all = layout(
                Files.readString(MountTable.FILE),
                Files.readString(Path.of("/proc/self/cgroup")),
                root -> lineOr(root + "/cgroup.controllers", ""));
        boolean hostsRoot = Self.effectiveUid() == 0 && initialUserNamespace();
        return hostsRoot ? all : delegated(all, Host::mayMakeCgroups);
    }

    /** {@return the layout that the texts of /proc/self/mountinfo and /proc/self/cgroup describe (proc(5), cgroups(7))} */
    static CgroupLayout layout(String mountinfo, String membership, Controllers controllers) {
        Map<Set<String>, String> own = memberships(membership);
        List<Mount> mounts = Mount.reachable(mountinfo);
        List<CgroupLayout.Hierarchy> hierarchies = mounts.stream()
                .filter(mount -> mount.type().equals("cgroup"))
                .map(mount -> controllersOf(mount, own.keySet()))
                .distinct()
                .filter(names -> !names.isEmpty())
                .map(names -> hierarchy(
                        names.stream().sorted().toList(),
                        mounts.stream()
                                .filter(mount -> mount.type().equals("cgroup")
                                        && mount.options().containsAll(names))
                                .toList(),
                        own.getOrDefault(names, "/")))
                .toList();
        List<Mount> unified =
                mounts.stream().filter(mount -> mount.type().equals("cgroup2")).toList();
        return new CgroupLayout(
                hierarchies,
                unified.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                unified(hierarchy(List.of(), unified, own.getOrDefault(Set.of(), "/")), controllers)));
    }

    /** {@return the names of the hierarchy that is mounted; none if this process knows none of them} */
    private static Set<String> controllersOf(Mount mount, Set<Set<String>> known) {
        return known.stream()
                .filter(names -> !names.isEmpty() && mount.options().containsAll(names))
                .findFirst()
                .orElse(Set.of());
    }

    private static CgroupLayout.Hierarchy unified(CgroupLayout.Hierarchy hierarchy, Controllers controllers) {
        return new CgroupLayout.Hierarchy(
                words(controllers.of(hierarchy.mountPoint()), " "), hierarchy.mountPoint(), hierarchy.own());
    }

    /**
     * A hierarchy can be mounted more than once, and a mount can show a part of it, as inside of a container: the first
     * one counts in which this process sees its own cgroup, else the first one, from its root on.
     */
    private static CgroupLayout.Hierarchy hierarchy(List<String> names, List<Mount> mounts, String own) {
        for (Mount mount : mounts) {
            if (mount.root().equals("/")) {
                return new CgroupLayout.Hierarchy(names, mount.point(), own);
            }
            if (own.equals(mount.root()) || own.startsWith(mount.root() + "/")) {
                String rest = own.substring(mount.root().length());
                return new CgroupLayout.Hierarchy(names, mount.point(), rest.isEmpty() ? "/" : rest);
            }
        }
        return new CgroupLayout.Hierarchy(names, mounts.getFirst().point(), "/");
    }

    private static Map<Set<String>, String> memberships(String text) {
        Map<Set<String>, String> own = new HashMap<>();
        for (String line : text.lines().toList()) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3) {
                own.put(Set.copyOf(words(parts[1], ",")), parts[2]);
            }
        }
        return own;
    }

    /** {@return what this process may give to others: what is both permitted and in the bounding set} */
    static long capabilities(String status) {
        return hex(status, "CapPrm:") & hex(status, "CapBnd:");
    }

    private static long hex(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> Long.parseUnsignedLong(line.substring(key.length()).trim(), 16))
                .orElse(0L);
    }

    private static List<String> words(String text, String separator) {
        return List.of(text.trim().split(separator, -1)).stream()
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String line(String file) throws IOException {
        return Files.readString(Path.of(file)).trim();
    }

    private static String lineOr(String file, String otherwise) {
        try {
            return line(file);
        } catch (NoSuchFileException _) {
            return otherwise;
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM, file, "cannot read it: " + problem.getMessage(), "Check the mount");
        }
    }
}
