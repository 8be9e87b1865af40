package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.registry.Registry;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what containers tell the service manager of their callers (sd_notify(3), {@code NOTIFY_SOCKET}). The socket
 * is in a directory of its own that is mounted in the container, so that another supervisor can make it anew; what is
 * said while no supervisor runs is lost.
 */
final class Notifications {
    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    private static final String SOCKET = "notify.sock";
    private static final String ADDRESS = "notify.address";

    private final EventLoop loop;
    private final Registry registry;
    private final Map<String, NotifyProxy> proxies = new ConcurrentHashMap<>();

    Notifications(EventLoop loop, Registry registry) {
        this.loop = loop;
        this.registry = registry;
    }

    /** Opens again what an earlier supervisor had opened for containers that live. */
    void recover() {
        registry.all().forEach(entry -> {
            Path directory =
                    Path.of(entry.state().life().blueprint().footprint().directory());
            if (entry.state() instanceof ContainerState.Alive alive
                    && Files.isDirectory(directory.resolve(Footprint.NOTIFY))) {
                recover(entry.name(), directory, alive);
            }
        });
    }

    private void recover(ContainerName name, Path directory, ContainerState.Alive alive) {
        try {
            bind(directory, Files.readString(directory.resolve(ADDRESS)));
            follow(
                    directory.toString(),
                    Pidfd.open(alive.process().pid()),
                    alive.process().pid());
        } catch (IOException problem) {
            LOG.warn("what container {} says to its service manager is lost: {}", name, problem.getMessage());
        }
    }

    /** Makes the socket in a private directory, for a caller that gave its service manager's address. */
    void open(Footprint footprint, String address, Session session, boolean detaches) throws IOException {
        Path directory = Path.of(footprint.directory());
        Files.createDirectory(directory.resolve(Footprint.NOTIFY));
        Files.setPosixFilePermissions(
                directory.resolve(Footprint.NOTIFY), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve(ADDRESS), address);
        bind(directory, address).serve(session.peer().pid(), address, detaches);
    }

    private NotifyProxy bind(Path directory, String address) throws IOException {
        Path socket = directory.resolve(Footprint.NOTIFY).resolve(SOCKET);
        Files.deleteIfExists(socket);
        NotifyProxy proxy = new NotifyProxy(socket, address, loop);
        // The process's umask took it from others, and the container's users are others.
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
        proxies.put(directory.toString(), proxy);
        return proxy;
    }

    /** Listens until the container's process ends; takes the pidfd over. */
    void follow(Footprint footprint, Pidfd pidfd, int pid) throws IOException {
        follow(footprint.directory(), pidfd, pid);
    }

    private void follow(String directory, Pidfd pidfd, int pid) throws IOException {
        NotifyProxy proxy = proxies.get(directory);
        if (proxy == null) {
            pidfd.close();
        } else {
            proxy.follow(pidfd, pid, () -> close(directory));
        }
    }

    /** Ends it, if there is one: the launch failed, or the process has ended. */
    void close(Footprint footprint) {
        close(footprint.directory());
    }

    private void close(String directory) {
        NotifyProxy proxy = proxies.remove(directory);
        if (proxy == null) {
            return;
        }
        try {
            loop.execute(proxy::close);
        } catch (RejectedExecutionException _) {
            proxy.close();
        }
    }

    /**
     * {@return the proxy of a container that a caller with a service manager starts; null if either has none}
     *
     * @param address see {@link Handovers#notifyAddress}
     */
    @Nullable
    NotifyProxy serve(ContainerName name, @Nullable String address, Session session) {
        ContainerState.Present state = registry.find(name).orElse(null);
        if (address == null || state == null) {
            return null;
        }
        Path directory = Path.of(state.life().blueprint().footprint().directory());
        NotifyProxy proxy = proxies.get(directory.toString());
        if (proxy != null) {
            proxy.serve(session.peer().pid(), address, true);
            keep(directory, address);
        }
        return proxy;
    }

    private static void keep(Path directory, String address) {
        try {
            Files.writeString(directory.resolve(ADDRESS), address);
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM, directory.toString(), "cannot be written: " + problem.getMessage(), "");
        }
    }

    /** Waits until the container is ready, as the caller of start and run --detach is told, or has ended. */
    void awaitReady(Footprint footprint, Session session) throws ClientGone {
        NotifyProxy proxy = proxies.get(footprint.directory());
        if (proxy != null) {
            awaitReady(proxy, session);
        }
    }

    static void awaitReady(NotifyProxy proxy, Session session) throws ClientGone {
        try {
            boolean _ = session.await(proxy.settled(), "service manager", Mailbox.FOR_EVER);
        } finally {
            proxy.release();
        }
    }

    /** The caller that waits for the end of its container leaves. */
    void release(Footprint footprint) {
        NotifyProxy proxy = proxies.get(footprint.directory());
        if (proxy != null) {
            proxy.release();
        }
    }
}
