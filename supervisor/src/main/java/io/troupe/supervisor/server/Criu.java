package io.troupe.supervisor.server;

import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.supervisor.criu.CriuRequest;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.plan.CriuPlans;
import java.nio.file.Path;
import java.util.SortedMap;

/** What checkpoint and restore have in common. */
final class Criu {
    /** Which configuration file of CRIU's counts, as runc has it. */
    private static final String ANNOTATION = "org.criu.config";

    private static final String CONFIGURATION = "/etc/criu/runc.conf";
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Criu() {}

    /** CRIU has a mode for others, which cannot make namespaces. */
    static void requireRoot(String verb, HostFacts host) {
        if (host.uid() != 0 || !host.initialUserNamespace()) {
            throw new FailureException(
                    FailureCode.UNSUPPORTED, verb, "CRIU needs to be root of the host", "Run it as root");
        }
    }

    static CriuPlans.Place place(Request.CriuOptions options, Session session) {
        String path = session.variable("PATH");
        return new CriuPlans.Place(options.images(), options.logs(), path == null ? PATH : path);
    }

    static Path log(Request.CriuOptions options, String name) {
        return Path.of(options.logs(), name);
    }

    /** The options that both have. */
    static void add(Request.CriuOptions options, SortedMap<String, String> annotations, CriuRequest request) {
        request.cgroups(CriuRequest.CgroupsMode.of(options.cgroupsMode()))
                .tcpEstablished(options.tcpEstablished())
                .externalUnixSockets(options.externalUnixSockets())
                .shellJob(options.shellJob())
                .fileLocks(options.fileLocks())
                .autoDedup(options.autoDedup())
                .lazyPages(options.lazyPages())
                .sharedMounts();
        String file = annotations.getOrDefault(ANNOTATION, CONFIGURATION);
        if (!file.isEmpty()) {
            request.configuration(file);
        }
    }

    /** That CRIU is not there is not what 127 means. */
    static Failure told(Failure failure, String verb) {
        return failure.code() == FailureCode.PROGRAM_NOT_FOUND || failure.code() == FailureCode.NOT_EXECUTABLE
                ? new Failure(
                        FailureCode.UNSUPPORTED,
                        failure.where(),
                        "cannot " + verb + ": " + failure.what(),
                        "Install CRIU, or name its directory in $PATH")
                : failure;
    }
}
