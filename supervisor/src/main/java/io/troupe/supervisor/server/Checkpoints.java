package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.Checkpoint;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.criu.CriuRequest;
import io.troupe.supervisor.failpoint.Failpoint;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.plan.CriuPlans;
import io.troupe.syscall.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * Checkpoints, as runc has them: CRIU writes the processes, and unless they go on the container is deleted. That they are
 * written is in the journal before they end.
 */
final class Checkpoints {
    private static final String WORD = "checkpoint";
    private static final String LOG = "dump.log";

    private final Containers containers;
    private final Machinery machinery;
    private final Lifecycle lifecycle;
    private final LiveHost host;
    private final EventLoop loop;

    Checkpoints(Containers containers, Machinery machinery, Lifecycle lifecycle, LiveHost host, EventLoop loop) {
        this.containers = containers;
        this.machinery = machinery;
        this.lifecycle = lifecycle;
        this.host = host;
        this.loop = loop;
    }

    void checkpoint(Request.Checkpoint request, Session session, Replies replies) throws ClientGone {
        ContainerName name = request.name();
        Criu.requireRoot(WORD, host.now());
        Answer.Snapshot snapshot = (Answer.Snapshot) containers.ask(session, name, new ContainerCommand.Query(), WORD);
        ContainerState.Alive alive = alive(name, snapshot.state());
        Checkpoint extent = extent(request);
        new Writing(request, extent, alive, session).write();
        if (extent == Checkpoint.STOP || extent == Checkpoint.LAZY) {
            remove(name, session);
        }
        replies.reply(new Reply.Done());
    }

    /** A run in the foreground, which has waited for the end, too, may be first. */
    private void remove(ContainerName name, Session session) throws ClientGone {
        containers.ask(session, name, new ContainerCommand.AwaitExit(), WORD);
        try {
            lifecycle.remove(name, false, session);
        } catch (FailureException problem) {
            if (problem.failure().code() != FailureCode.NOT_FOUND) {
                throw problem;
            }
        }
    }

    private static Checkpoint extent(Request.Checkpoint request) {
        if (request.preDump()) {
            return Checkpoint.PRE_DUMP;
        }
        if (request.leaveRunning()) {
            return Checkpoint.LEAVE_RUNNING;
        }
        return request.options().lazyPages() ? Checkpoint.LAZY : Checkpoint.STOP;
    }

    private static ContainerState.Alive alive(ContainerName name, ContainerState.Present state) {
        if (state instanceof ContainerState.Running running) {
            return running;
        }
        if (state instanceof ContainerState.Paused paused && !paused.atGate()) {
            return paused;
        }
        throw new FailureException(
                FailureCode.WRONG_STATE,
                "container " + name,
                "cannot checkpoint: its program does not run",
                "See \"troupe state " + name.id() + "\"");
    }

    /** One checkpoint, and how far it is. */
    private final class Writing {
        private final Request.Checkpoint request;
        private final Checkpoint extent;
        private final ContainerState.Alive alive;
        private final Session session;
        private final Conversation talk;
        private boolean recorded;

        Writing(Request.Checkpoint request, Checkpoint extent, ContainerState.Alive alive, Session session) {
            this.request = request;
            this.extent = extent;
            this.alive = alive;
            this.session = session;
            this.talk = new Conversation(session, _ -> {});
        }

        void write() throws ClientGone {
            Blueprint blueprint = alive.life().blueprint();
            OciConfig config = PrivateConfig.read(request.name(), blueprint);
            CheckpointRequest.check(config, request);
            LaunchPlan plan = plan();
            Path images = Path.of(request.options().images());
            boolean made = Files.notExists(images);
            try (CriuTalk criu = start(plan)) {
                for (CriuRequest.Feature feature : needed()) {
                    criu.require(feature);
                }
                int pid = alive.process().pid();
                if (made) {
                    CheckpointRequest.admit(pid, images);
                }
                criu.request(
                        CheckpointRequest.of(request, config, blueprint, pid, host.now(), LOG),
                        (point, _) -> reached(point.point()));
                if (extent == Checkpoint.PRE_DUMP) {
                    record(extent);
                }
            } catch (CriuTalk.CriuFailed problem) {
                throw failed(problem.told(where(), WORD, Criu.log(request.options(), LOG)));
            } catch (StepFailedException problem) {
                throw failed(Criu.told(Wordings.failure(request.name(), plan, problem.failure()), WORD));
            } catch (IOException problem) {
                throw failed(
                        new Failure(FailureCode.SYSTEM, where(), "cannot checkpoint: " + problem.getMessage(), ""));
            }
        }

        private LaunchPlan plan() {
            Request.PageServer server = request.options().lazyPages() ? request.pageServer() : null;
            return CriuPlans.dump(
                    Criu.place(request.options(), session),
                    server == null ? null : server.address(),
                    request.statusFd());
        }

        private Set<CriuRequest.Feature> needed() {
            Set<CriuRequest.Feature> needed = EnumSet.noneOf(CriuRequest.Feature.class);
            if (extent == Checkpoint.PRE_DUMP || request.parent() != null) {
                needed.add(CriuRequest.Feature.MEMORY_TRACKING);
            }
            if (request.options().lazyPages()) {
                needed.add(CriuRequest.Feature.LAZY_PAGES);
            }
            return needed;
        }

        /** The client shall not end CRIU when it is told to end: a tree of processes must not be left as it is halfway. */
        private CriuTalk start(LaunchPlan plan) throws ClientGone, StepFailedException, IOException {
            talk.send(plan, machinery.binary());
            talk.awaitProcess().close();
            CriuTalk criu = new CriuTalk(talk.awaitChannel(), loop, session);
            try {
                talk.awaitStarted();
                talk.adopt("");
                return criu;
            } catch (ClientGone | StepFailedException | RuntimeException problem) {
                criu.close();
                throw problem;
            }
        }

        private void reached(String point) throws ClientGone, IOException, StepFailedException {
            switch (point) {
                case "post-dump" -> {
                    if (extent != Checkpoint.PRE_DUMP) {
                        record(extent);
                    }
                }
                case "status-ready" -> tellServed();
                default -> {
                    // Nothing of ours is due there.
                }
            }
        }

        private void tellServed() throws ClientGone, IOException {
            Integer descriptor = request.statusFd();
            if (descriptor == null) {
                return;
            }
            LaunchPlan plan = CriuPlans.served(descriptor);
            try {
                talk.carryOut(plan, machinery.binary(), _ -> {});
            } catch (StepFailedException problem) {
                throw new IOException(Wordings.clause(request.name(), plan, problem.failure()), problem);
            }
        }

        /** A pid may be another's by now; then nothing of that process may end. */
        private void record(Checkpoint what) throws IOException {
            if (!Machinery.isStill(alive.process())) {
                throw new IOException("its process has just ended");
            }
            Failpoint.CHECKPOINT_WRITTEN.hit(session.peer().pid());
            settle(what);
            recorded = true;
            Failpoint.CHECKPOINT_RECORDED.hit(session.peer().pid());
        }

        private FailureException failed(Failure failure) {
            if (recorded && extent == Checkpoint.LAZY) {
                settle(Checkpoint.GIVEN_UP);
            }
            return new FailureException(failure);
        }

        private void settle(Checkpoint what) {
            String images = request.options().images();
            containers.settle(session, request.name(), new ContainerCommand.Checkpointed(images, what), WORD);
        }

        private String where() {
            return "container " + request.name();
        }
    }
}
