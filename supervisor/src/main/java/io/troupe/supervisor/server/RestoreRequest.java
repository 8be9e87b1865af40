package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.Namespaces.Namespace;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.criu.CriuRequest;
import io.troupe.supervisor.criu.StreamNames;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.MountPoints;
import io.troupe.supervisor.plan.CriuPlans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What CRIU is asked at a restore: from the configuration, and from where it runs itself. */
final class RestoreRequest {
    private static final int FIELDS = 3;

    private RestoreRequest() {}

    /**
     * Checks what CRIU cannot bring back.
     *
     * @throws FailureException UNSUPPORTED
     */
    static void check(OciConfig config) {
        for (Namespace namespace : CriuPlans.joined(config)) {
            if (namespace.kind() == Kind.CGROUP) {
                throw unsupported("linux.namespaces", "CRIU cannot restore into a cgroup namespace that exists");
            }
        }
        if (!config.linux().netDevices().isEmpty()) {
            throw unsupported("linux.netDevices", "a restored container does not get interfaces of the host");
        }
    }

    private static FailureException unsupported(String field, String what) {
        return new FailureException(FailureCode.UNSUPPORTED, "config.json: " + field, what, "");
    }

    /**
     * {@return the request}
     *
     * @param pid CRIU's, which is in the container's cgroups
     */
    static CriuRequest of(
            Request.Restore request, Prepared prepared, OciConfig config, int pid, HostFacts host, String log)
            throws IOException {
        String directory = prepared.blueprint().footprint().directory();
        CriuRequest asked = CriuRequest.of(CriuRequest.Kind.RESTORE, CriuPlans.IMAGES, CriuPlans.WORK, log)
                .root(CriuPlans.root(directory))
                .sibling()
                .evasiveDevices()
                .tcpClose(request.tcpClose());
        Criu.add(request.options(), prepared.blueprint().annotations(), asked);
        if (request.lsmProfile() != null) {
            asked.securityProfile(request.lsmProfile());
        }
        if (request.lsmMountContext() != null) {
            asked.mountContext(request.lsmMountContext());
        }
        for (Namespace namespace : CriuPlans.joined(config)) {
            asked.join(namespace.kind().word(), namespace.path());
        }
        CriuPlans.namespaces(config).forEach(open -> asked.inherit(open.key(), open.descriptor()));
        mounts(prepared, config, host, asked);
        cgroups(pid, asked);
        inherit(streams(request), asked);
        return asked;
    }

    private static void mounts(Prepared prepared, OciConfig config, HostFacts host, CriuRequest asked)
            throws IOException {
        Path rootfs = Path.of(prepared.blueprint().rootfs());
        String directory = prepared.blueprint().footprint().directory();
        for (CriuPlans.ExternalMount mount : CriuPlans.externalMounts(config, directory, host)) {
            asked.externalMount(MountPoints.resolved(rootfs, mount.destination()), source(mount));
        }
        if (!config.linux().maskedPaths().isEmpty()) {
            asked.externalMount(CheckpointRequest.MASK, CheckpointRequest.MASK);
        }
    }

    /** CRIU binds a symbolic link itself. What is not there, it tells itself, too. */
    private static String source(CriuPlans.ExternalMount mount) throws IOException {
        Path source = Path.of(mount.source());
        return mount.follows() && Files.exists(source) ? source.toRealPath().toString() : mount.source();
    }

    /** Whatever the cgroups were called that are in the images, they are now those that CRIU is in. */
    private static void cgroups(int pid, CriuRequest asked) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] fields = line.split(":", FIELDS);
            for (String controller : fields[1].split(",", -1)) {
                asked.cgroup(controller, fields[2]);
            }
        }
    }

    /**
     * {@return where the standard streams went when the images were written}
     *
     * @throws FailureException USAGE, if there are no images
     */
    static List<String> streams(Request.Restore request) {
        Path images = Path.of(request.options().images());
        try {
            return StreamNames.read(Files.readString(images.resolve(StreamNames.LIST)));
        } catch (NoSuchFileException _) {
            throw new FailureException(
                    FailureCode.USAGE,
                    "--image-path " + images,
                    "it has no " + StreamNames.LIST + ", so it is not of a checkpoint",
                    "Name the directory of one");
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    images.resolve(StreamNames.LIST).toString(),
                    "it cannot be read: " + problem.getMessage(),
                    "");
        }
    }

    /** Pipes, and files of the host, that the process had for its standard streams are now the caller's streams. */
    private static void inherit(List<String> streams, CriuRequest asked) {
        for (int number = 0; number < streams.size(); number++) {
            String name = streams.get(number);
            if (name.startsWith(StreamNames.PIPE) || name.startsWith(StreamNames.FILE)) {
                asked.inherit(name, number);
            }
        }
    }
}
