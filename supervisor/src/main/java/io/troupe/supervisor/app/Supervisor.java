package io.troupe.supervisor.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.troupe.protocol.CommandLine;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.container.ContainerEntity;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.host.Host;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.journal.EventStream;
import io.troupe.supervisor.journal.Journal;
import io.troupe.supervisor.journal.JournalSettings;
import io.troupe.supervisor.journal.JournalSetup;
import io.troupe.supervisor.plan.LibseccompCompiler;
import io.troupe.supervisor.plan.Planner;
import io.troupe.supervisor.process.Machine;
import io.troupe.supervisor.process.ParkClient;
import io.troupe.supervisor.process.ProcessActor;
import io.troupe.supervisor.recovery.Orphans;
import io.troupe.supervisor.recovery.ParkInUse;
import io.troupe.supervisor.recovery.ProcHost;
import io.troupe.supervisor.recovery.Recovery;
import io.troupe.supervisor.recovery.Verifier;
import io.troupe.supervisor.registry.Registry;
import io.troupe.supervisor.server.Networks;
import io.troupe.supervisor.server.Server;
import io.troupe.supervisor.server.Services;
import io.troupe.supervisor.server.SupervisorFacts;
import io.troupe.supervisor.server.Wordings;
import io.troupe.supervisor.systemd.BusPlace;
import io.troupe.supervisor.systemd.BusSystemd;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.FileSystems;
import io.troupe.syscall.MemoryFile;
import io.troupe.syscall.Self;
import io.troupe.syscall.UnixServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running supervisor: what it is made of, in the order in which it is made, and the reverse in which it ends.
 * Containers are not part of it and stay as they are.
 */
final class Supervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final String PARK_SOCKET = "park.sock";
    private static final String CONTAINERS = "c";
    private static final int FIRST_INHERITED = 3;
    private static final int RECOVERIES_AT_ONCE = 64;
    private static final Duration RECOVERY_DEADLINE = Duration.ofSeconds(20);
    private static final Duration ACTOR_IDLE = Duration.ofSeconds(30);
    private static final Duration SYSTEMD_DEADLINE = Duration.ofSeconds(25);
    private static final Duration END_DEADLINE = Duration.ofSeconds(10);

    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Queue<Runnable> farewells = new ConcurrentLinkedQueue<>();
    private final Settings settings;
    private final boolean socketIsSystemds;
    private final RunFiles files;
    private final LiveHost host;
    private final Journal journal;
    private final EventLoop loop;
    private final ParkClient park;
    private final BusSystemd systemd;
    private final MemoryFile binary;
    private final Networks networks;
    private final ActorSystem<Void> system;
    private final Registry registry;
    private final Server server;
    private final Idleness idleness;

    private Supervisor(Settings settings, Map<String, String> environment) throws IOException {
        this.settings = settings;
        socketIsSystemds = isHandedSocket(environment);
        files = new RunFiles(settings.run(), Self.pid());
        host = LiveHost.open();
        Config config = ConfigFactory.load();
        JournalSettings journalSettings = JournalSettings.of(config, settings.data());
        journal = Journal.open(journalSettings);
        loop = new EventLoop("events", problem -> LOG.error("a callback of the event loop failed", problem));
        Path program = settings.home().resolve("bin").resolve("troupe");
        binary = MemoryFile.sealed("troupe", Files.readAllBytes(program));
        Path parkSocket = settings.run().resolve(PARK_SOCKET);
        park = new ParkClient(program, parkSocket, loop);
        system = ActorSystem.create(
                Behaviors.empty(),
                "troupe",
                ActorSystemSetup.create(BootstrapSetup.create(config), new JournalSetup(journal)));
        boolean hostsRoot = Self.effectiveUid() == 0 && host.now().initialUserNamespace();
        systemd = new BusSystemd(BusPlace.of(environment, hostsRoot, Host.userOutside()), SYSTEMD_DEADLINE);
        Machine machine = new Machine(loop, park, systemd, host.now().bootId());
        registry = new Registry(
                system,
                new Registry.Parts(
                        Clock.systemUTC(),
                        Wordings::late,
                        (parent, _, owner) -> parent.spawn(ProcessActor.create(owner, machine), "process"),
                        ACTOR_IDLE));
        Path containers = settings.run().resolve(CONTAINERS);
        Files.createDirectories(containers);
        ProcHost view = new ProcHost(containers);
        recover(view);
        SupervisorFacts facts = new SupervisorFacts(
                host,
                settings.run(),
                settings.data(),
                environment.containsKey(Settings.READY_FD),
                journalSettings.synchronous().name(),
                Instant.now(),
                this::stop);
        networks = new Networks(host.now().uid() == 0);
        Services services = new Services(
                system,
                registry,
                journal,
                new Planner(new LibseccompCompiler()),
                new Verifier(registry::all, view, new ParkInUse(parkSocket, park::pid)),
                host,
                loop,
                systemd,
                networks,
                containers,
                binary.descriptor(),
                facts);
        idleness = new Idleness(settings.idleTimeout(), this::isNeeded, end::countDown);
        server = new Server(listen(), loop, commandLine(), services.requests(), Self.effectiveUid(), idleness::check);
        server.open();
        idleness.check();
        files.writePid();
        journal.keepRetaining(Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(this::interrupted, "shutdown"));
    }

    /** Makes everything; serves from the return on. */
    static Supervisor start(Settings settings, Map<String, String> environment) throws IOException {
        Supervisor supervisor = new Supervisor(settings, environment);
        LOG.info("supervisor {} serves at {}", Self.pid(), supervisor.files.socket());
        return supervisor;
    }

    /** Waits until somebody stops it, or nobody has needed it for long. */
    void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        LOG.info("supervisor {} ends; containers stay", Self.pid());
        idleness.close();
        removeFiles();
        server.close();
        system.terminate();
        boolean _ = system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(END_DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .thenApply(_ -> true)
                .exceptionally(problem -> {
                    LOG.warn("the actors did not end within {}", END_DEADLINE);
                    return false;
                })
                .join();
        systemd.close();
        removeEmptyCgroups();
        networks.close();
        park.close();
        loop.close();
        binary.close();
        host.close();
        journal.close();
        farewells.forEach(Runnable::run);
        closed.countDown();
    }

    /**
     * From here on clients start the next supervisor, which waits until this one has closed the journal. Behind a socket
     * of systemd's they wait for the one that systemd starts.
     */
    private void removeFiles() {
        try {
            files.remove();
        } catch (IOException problem) {
            LOG.warn("{}", problem.getMessage());
        }
    }

    /** Those that the default ones are made below; the next supervisor makes them again. */
    private void removeEmptyCgroups() {
        try {
            for (String parent :
                    Planner.defaultParents(host.now(), settings.run().resolve(CONTAINERS))) {
                FileSystems.removeDirectory(Path.of(parent));
            }
        } catch (IOException | FailureException problem) {
            LOG.warn("{}", problem.getMessage());
        }
    }

    private void stop(Runnable farewell) {
        farewells.add(farewell);
        end.countDown();
    }

    /** SIGTERM and SIGINT come as a shutdown of the JVM, which lasts until its hooks have returned. */
    private void interrupted() {
        end.countDown();
        try {
            boolean _ = closed.await(END_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void recover(ProcHost view) throws IOException {
        List<ContainerName> present = journal.queries().living(ContainerEntity.STREAMS).stream()
                .map(EventStream::persistenceId)
                .map(ContainerEntity::nameOf)
                .toList();
        Map<ContainerName, ContainerState> states = new HashMap<>();
        journal.queries()
                .states(ContainerEntity.STREAMS)
                .forEach((stream, state) -> states.put(ContainerEntity.nameOf(stream), state));
        try {
            Recovery.Report report =
                    new Recovery(registry, RECOVERIES_AT_ONCE).recover(present, states, RECOVERY_DEADLINE);
            LOG.info("{} containers found again", report.reconciled());
            report.late().forEach(name -> LOG.warn("container {} is not reconciled yet", name));
            if (report.late().isEmpty()) {
                new Orphans(registry::all, view)
                        .remove()
                        .forEach(directory -> LOG.info("removed {}, which no container has", directory));
                park.forgetUnclaimed();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new FailureException(FailureCode.SYSTEM, "supervisor", "it was interrupted at its start", "");
        }
    }

    /** {@return whether a service manager has handed us the socket (sd_listen_fds(3))} */
    private static boolean isHandedSocket(Map<String, String> environment) {
        return Long.toString(Self.pid()).equals(environment.get("LISTEN_PID"))
                && "1".equals(environment.get("LISTEN_FDS"));
    }

    /** It is made, over one that a dead supervisor left, unless it came along. */
    private UnixServer listen() throws IOException {
        return socketIsSystemds ? UnixServer.of(Descriptor.inherited(FIRST_INHERITED)) : files.listen();
    }

    private boolean isNeeded() {
        return server.sessions() > 0
                || registry.all().stream().anyMatch(entry -> !(entry.state() instanceof ContainerState.Stopped));
    }

    private static CommandLine commandLine() {
        return ServiceLoader.load(CommandLine.class)
                .findFirst()
                .orElseThrow(() -> new FailureException(
                        FailureCode.INTERNAL,
                        "supervisor",
                        "the commands are not on its class path",
                        "Install the distribution again"));
    }
}
