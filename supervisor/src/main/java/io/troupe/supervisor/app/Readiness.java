package io.troupe.supervisor.app;

import io.troupe.syscall.Descriptor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever started the supervisor that it serves, or in one line why it does not: the client through the pipe that
 * TROUPE_READY_FD names, systemd by sd_notify(3).
 */
final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
    private static final String READY_FD = "TROUPE_READY_FD";
    private static final String NOTIFY_SOCKET = "NOTIFY_SOCKET";

    private final Map<String, String> environment;
    private boolean clientTold;

    Readiness(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The supervisor answers on its socket. */
    void ready() {
        tellClient("READY");
        notifySystemd("READY=1");
    }

    /** The supervisor has begun to end. */
    void stopping() {
        notifySystemd("STOPPING=1");
    }

    /**
     * The supervisor cannot serve.
     *
     * @param line what, where and what to do
     */
    void failed(String line) {
        tellClient(line);
        notifySystemd("STATUS=" + line);
    }

    /** Once: whoever inherits the pipe's end after that would keep the client, or conmon behind it, waiting for its end. */
    private void tellClient(String line) {
        String fd = environment.get(READY_FD);
        if (fd == null || clientTold) {
            return;
        }
        clientTold = true;
        // A second open of the pipe through /proc is the only way to it from Java; the inherited one is closed then.
        try (Descriptor pipe = Descriptor.inherited(Integer.parseInt(fd));
                OutputStream out = Files.newOutputStream(pipe.procPath())) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (NumberFormatException problem) {
            LOG.warn("{}={}: it is no descriptor", READY_FD, fd);
        } catch (IOException problem) {
            LOG.warn("nobody waits for the supervisor to be ready: {}", problem.getMessage());
        }
    }

    private void notifySystemd(String state) {
        String socket = environment.get(NOTIFY_SOCKET);
        if (socket == null || socket.isEmpty()) {
            return;
        }
        try {
            io.troupe.syscall.Datagram.send(socket, state.getBytes(StandardCharsets.UTF_8));
        } catch (io.troupe.syscall.SyscallException problem) {
            LOG.warn("systemd was not told {}: {}", state, problem.getMessage());
        }
    }
}
