package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.criu.CriuRequest;
import io.troupe.supervisor.criu.StreamNames;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.MountPoints;
import io.troupe.supervisor.plan.CriuPlans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** What CRIU is asked at a checkpoint: from the configuration, and from how the processes are now. */
final class CheckpointRequest {
    /** What masks files, and its name in images. */
    static final String MASK = "/dev/null";

    /** A line of gid_map: inside, outside, how many. */
    private static final int FIELDS = 3;

    private CheckpointRequest() {}

    /**
     * Checks what can be known without CRIU.
     *
     * @throws FailureException UNSUPPORTED or USAGE
     */
    static void check(OciConfig config, Request.Checkpoint request) {
        requireOwnMounts(config, "checkpoint");
        String parent = request.parent();
        if (parent != null && !Files.isDirectory(Path.of(request.options().images(), parent))) {
            throw new FailureException(
                    FailureCode.USAGE,
                    "--parent-path",
                    Path.of(request.options().images(), parent) + " is no directory",
                    "Name one from --image-path on, such as ../before");
        }
    }

    /** CRIU writes all mounts of a namespace, and the host's are not the container's. */
    static void requireOwnMounts(OciConfig config, String verb) {
        if (!config.linux().namespaces().isNew(Kind.MOUNT)) {
            throw new FailureException(
                    FailureCode.UNSUPPORTED,
                    "config.json: linux.namespaces",
                    verb + " of a container in a shared mount namespace is not served",
                    "");
        }
    }

    /**
     * Lets the root of another user namespace pass a directory that was made for its images, for CRIU opens some of them
     * in its place at a restore.
     */
    static void admit(int pid, Path images) throws IOException {
        int group = groupOfRoot(pid);
        if (group != 0) {
            Files.setAttribute(images, "unix:gid", group);
            Files.setPosixFilePermissions(images, PosixFilePermissions.fromString("rwx--x---"));
        }
    }

    /** {@return what the host calls group 0 of a process's user namespace; 0 if it has none} */
    private static int groupOfRoot(int pid) throws IOException {
        for (String range : Files.readAllLines(Path.of("/proc/" + pid + "/gid_map"))) {
            String[] fields = range.strip().split(" +", FIELDS);
            if (fields[0].equals("0")) {
                return Integer.parseUnsignedInt(fields[1]);
            }
        }
        return 0;
    }

    /** {@return the request} Writes beside the images, unless memory alone is wanted, where the standard streams go. */
    static CriuRequest of(
            Request.Checkpoint request, OciConfig config, Blueprint blueprint, int pid, HostFacts host, String log)
            throws IOException {
        CriuRequest.Kind kind = request.preDump() ? CriuRequest.Kind.PRE_DUMP : CriuRequest.Kind.DUMP;
        CriuRequest asked = CriuRequest.of(kind, CriuPlans.IMAGES, CriuPlans.WORK, log)
                .pid(pid)
                .root(blueprint.rootfs())
                .leaveRunning(request.leaveRunning())
                .tcpSkipInFlight(request.tcpSkipInFlight())
                .linkRemap(request.linkRemap());
        Criu.add(request.options(), blueprint.annotations(), asked);
        freezer(host.cgroups(), blueprint.footprint().cgroups()).ifPresent(asked::freezer);
        if (request.parent() != null) {
            asked.parent(request.parent());
        }
        if (request.pageServer() != null) {
            asked.pageServer(
                    request.pageServer().address(), request.pageServer().port());
        }
        namespaces(config, pid, asked);
        if (!request.preDump()) {
            mounts(config, blueprint, pid, host, asked);
            List<String> streams = Streams.of(pid);
            streams.stream().filter(name -> name.startsWith(StreamNames.FILE)).forEach(asked::external);
            Files.writeString(Path.of(request.options().images(), StreamNames.LIST), StreamNames.write(streams));
        }
        return asked;
    }

    private static void namespaces(OciConfig config, int pid, CriuRequest asked) throws IOException {
        for (CriuPlans.OpenNamespace open : CriuPlans.namespaces(config)) {
            String word = open.kind() == Kind.NETWORK ? "net" : "pid";
            Object inode = Files.getAttribute(Path.of("/proc/" + pid + "/ns/" + word), "unix:ino");
            asked.external(word + "[" + inode + "]:" + open.key());
        }
    }

    private static void mounts(OciConfig config, Blueprint blueprint, int pid, HostFacts host, CriuRequest asked)
            throws IOException {
        Path rootfs = Path.of(blueprint.rootfs());
        for (CriuPlans.ExternalMount mount :
                CriuPlans.externalMounts(config, blueprint.footprint().directory(), host)) {
            String point = MountPoints.resolved(rootfs, mount.destination());
            asked.externalMount(point, point);
        }
        for (String masked : MountPoints.ofNullDevices(pid)) {
            asked.externalMount(masked, MASK);
        }
    }

    private static Optional<String> freezer(CgroupLayout layout, List<String> cgroups) {
        if (layout.isUnified()) {
            return cgroups.stream().findFirst();
        }
        return layout.hierarchyOf("freezer")
                .flatMap(freezer -> cgroups.stream()
                        .filter(cgroup -> cgroup.startsWith(freezer.mountPoint() + "/"))
                        .findFirst());
    }
}
