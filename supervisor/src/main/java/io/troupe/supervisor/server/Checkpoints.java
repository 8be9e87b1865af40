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
        write(request, extent, alive, session);
        if (extent == Checkpoint.STOP) {
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
        return request.leaveRunning() ? Checkpoint.LEAVE_RUNNING : Checkpoint.STOP;
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

    private void write(Request.Checkpoint request, Checkpoint extent, ContainerState.Alive alive, Session session)
            throws ClientGone {
        ContainerName name = request.name();
        Blueprint blueprint = alive.life().blueprint();
        OciConfig config = PrivateConfig.read(name, blueprint);
        CheckpointRequest.check(config, request);
        CriuPlans.Place place = Criu.place(request.options(), session);
        LaunchPlan plan = CriuPlans.dump(place);
        Conversation talk = new Conversation(session, _ -> {});
        try (CriuTalk criu = start(talk, plan, session)) {
            if (extent == Checkpoint.PRE_DUMP || request.parent() != null) {
                criu.requireMemoryTracking();
            }
            CriuRequest asked = CheckpointRequest.of(
                    request, config, blueprint, alive.process().pid(), host.now(), LOG);
            criu.request(asked, (point, _) -> {
                if (point.point().equals("post-dump") && extent != Checkpoint.PRE_DUMP) {
                    record(request, extent, alive, session);
                }
            });
            if (extent == Checkpoint.PRE_DUMP) {
                record(request, extent, alive, session);
            }
        } catch (CriuTalk.CriuFailed problem) {
            throw new FailureException(problem.told("container " + name, WORD, Criu.log(request.options(), LOG)));
        } catch (StepFailedException problem) {
            throw new FailureException(Criu.told(Wordings.failure(name, plan, problem.failure()), WORD));
        } catch (IOException problem) {
            throw new FailureException(new Failure(
                    FailureCode.SYSTEM, "container " + name, "cannot checkpoint: " + problem.getMessage(), ""));
        }
    }

    /** The client shall not end CRIU when it is told to end: a tree of processes must not be left as it is halfway. */
    private CriuTalk start(Conversation talk, LaunchPlan plan, Session session)
            throws ClientGone, StepFailedException, IOException {
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

    /** A pid may be another's by now; then nothing of that process may end. */
    private void record(Request.Checkpoint request, Checkpoint extent, ContainerState.Alive alive, Session session)
            throws IOException {
        if (!Machinery.isStill(alive.process())) {
            throw new IOException("its process has just ended");
        }
        Failpoint.CHECKPOINT_WRITTEN.hit(session.peer().pid());
        containers.settle(
                session,
                request.name(),
                new ContainerCommand.Checkpointed(request.options().images(), extent),
                WORD);
        Failpoint.CHECKPOINT_RECORDED.hit(session.peer().pid());
    }
}
