package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths mean the same to client and supervisor only within one mount namespace (mount_namespaces(7)). */
final class PeerNamespace {
    private static final String OWN = link(Path.of("/proc/self/ns/mnt"));

    private PeerNamespace() {}

    /**
     * Checks that the peer sees the file systems that the supervisor sees.
     *
     * @throws FailureException NOT_ALLOWED, if it does not
     */
    static void requireSameMounts(Peer peer) {
        String other = link(Path.of("/proc", Integer.toString(peer.pid()), "ns", "mnt"));
        // Unreadable: the client has left, which its connection tells.
        if (!other.isEmpty() && !OWN.isEmpty() && !other.equals(OWN)) {
            throw new FailureException(
                    FailureCode.NOT_ALLOWED,
                    "client pid " + peer.pid(),
                    "it is in another mount namespace (" + other + ") than this supervisor (" + OWN + ")",
                    "Set TROUPE_RUN and TROUPE_DATA to directories of its own, so that it gets its own supervisor");
        }
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException _) {
            return "";
        }
    }
}
