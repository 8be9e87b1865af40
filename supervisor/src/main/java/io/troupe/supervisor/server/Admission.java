package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.protocol.wire.FrameType;
import io.troupe.protocol.wire.Hello;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.registry.Registry;
import io.troupe.syscall.Self;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves those who see what the supervisor sees: paths mean the same only within one mount namespace
 * (mount_namespaces(7)), and one user namespace has no power over the processes of another (user_namespaces(7)).
 * podman without root makes both anew when its pause process has gone. A supervisor that no container needs any more
 * makes room then for one in the caller's namespaces, with the same journal.
 */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final long UNKNOWN = 0;
    private static final int MOST_NAMED = 3;

    private final Registry registry;
    private final SupervisorFacts facts;
    private final long userNamespace = inode("user");
    private final long mountNamespace = inode("mnt");

    Admission(Registry registry, SupervisorFacts facts) {
        this.registry = registry;
        this.facts = facts;
    }

    /**
     * Decides who answers; if another supervisor is to, the caller has been told and this one has ended.
     *
     * @return whether this one does
     * @throws FailureException NOT_ALLOWED, if neither can
     */
    boolean admits(Request request, Hello hello, Session session) throws ClientGone {
        String foreign = foreign(hello);
        if (foreign.isEmpty() || concernsTheSupervisor(request)) {
            return true;
        }
        List<String> living = living();
        if (!facts.onDemand() || !living.isEmpty()) {
            throw refused(session.peer().pid(), foreign, living);
        }
        LOG.info("a client in another {} namespace comes: its own supervisor is to serve it", foreign);
        Departure.with(facts, () -> session.channel().send(FrameType.LEAVING, new byte[0]));
        return false;
    }

    /** It means this one, wherever it is. */
    private static boolean concernsTheSupervisor(Request request) {
        return request instanceof Request.SupervisorStatus || request instanceof Request.SupervisorStop;
    }

    private String foreign(Hello hello) {
        if (differ(hello.userNamespace(), userNamespace)) {
            return "user";
        }
        return differ(hello.mountNamespace(), mountNamespace) ? "mount" : "";
    }

    /** Without a /proc a client does not know its own. */
    private static boolean differ(long theirs, long ours) {
        return theirs != UNKNOWN && theirs != ours;
    }

    private List<String> living() {
        return registry.all().stream()
                .filter(entry -> hasProcess(entry.state()))
                .map(entry -> entry.name().id())
                .toList();
    }

    /** Or is about to get one. What has none can wait for any supervisor. */
    private static boolean hasProcess(ContainerState.Present state) {
        return switch (state) {
            case ContainerState.Creating _, ContainerState.Alive _ -> true;
            case ContainerState.Deleting deleting -> deleting.process() != null;
            case ContainerState.Stopped _ -> false;
        };
    }

    private static FailureException refused(int pid, String foreign, List<String> living) {
        String stays = living.isEmpty() ? "which was started to stay" : "which has containers that live: ";
        String named = String.join(", ", living.subList(0, Math.min(living.size(), MOST_NAMED)));
        return new FailureException(
                FailureCode.NOT_ALLOWED,
                "client pid " + pid,
                "it is in another " + foreign + " namespace than this supervisor, " + stays + named
                        + (living.size() > MOST_NAMED ? ", ..." : ""),
                "End them in its namespaces (nsenter --preserve-credentials -U -m -t " + Self.pid()
                        + " troupe ...), or set TROUPE_RUN and TROUPE_DATA to directories of its own, so that it gets its"
                        + " own supervisor");
    }

    private static long inode(String namespace) {
        try {
            return (long) Files.getAttribute(Path.of("/proc/self/ns", namespace), "unix:ino");
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
