package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.criu.CriuAnswer;
import io.troupe.supervisor.failpoint.Failpoint;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.plan.CriuPlans;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Restores: a launch whose program is CRIU, which makes the container's process in its own place. That process is in the
 * journal before it runs; whatever fails on the way, what was made is removed before the caller hears of it.
 */
final class Restores {
    private static final String WORD = "restore";
    private static final String LOG = "restore.log";

    private final Containers containers;
    private final Preparation preparation;
    private final Machinery machinery;
    private final Launches launches;
    private final LiveHost host;
    private final EventLoop loop;
    private final Makers makers;

    Restores(
            Containers containers,
            Preparation preparation,
            Machinery machinery,
            Launches launches,
            LiveHost host,
            EventLoop loop,
            Makers makers) {
        this.makers = makers;
        this.containers = containers;
        this.preparation = preparation;
        this.machinery = machinery;
        this.launches = launches;
        this.host = host;
        this.loop = loop;
    }

    void restore(Request.Restore request, Session session, Replies replies) throws ClientGone {
        Criu.requireRoot(WORD, host.now());
        containers.expect(request.name());
        RestoreRequest.streams(request); // before anything is made or recorded
        Prepared prepared = preparation.restore(request, Criu.place(request.options(), session), session);
        launches.requireFree(prepared);
        containers.settle(session, request.name(), new ContainerCommand.Create(prepared.blueprint()), WORD);
        Failpoint.RESTORE_REQUESTED.hit(session.peer().pid());
        makers.enter(request.name(), session);
        Launches.Launched launched;
        try {
            launched = new Attempt(request, prepared, session).make();
        } finally {
            makers.leave(request.name(), session);
        }
        Failpoint.RESTORE_DONE.hit(session.peer().pid());
        containers.settle(
                session,
                request.name(),
                new ContainerCommand.Restored(request.options().images()),
                WORD);
        replies.reply(
                request.detach() ? new Reply.Done() : new Reply.Ended(launches.awaitEnd(prepared, launched, session)));
    }

    /** One restore, and what it has got so far. */
    private final class Attempt {
        private final Request.Restore request;
        private final Prepared prepared;
        private final Session session;
        private final OciConfig config;
        private final Conversation talk;
        private @Nullable Pidfd maker;
        private @Nullable ProcessIdentity process;

        Attempt(Request.Restore request, Prepared prepared, Session session) {
            this.request = request;
            this.prepared = prepared;
            this.session = session;
            this.config = PrivateConfig.of(prepared);
            this.talk = new Conversation(
                    session,
                    warning ->
                            containers.tell(prepared.name(), new ContainerCommand.WarnHook(prepared.words(warning))));
        }

        Launches.Launched make() throws ClientGone {
            try (Descriptor channel = launch();
                    CriuTalk criu = new CriuTalk(channel, loop, session)) {
                int pid = maker == null ? 0 : maker.pid();
                criu.request(RestoreRequest.of(request, prepared, config, pid, host.now(), LOG), this::reached);
                if (process == null) {
                    throw new IOException("CRIU has restored no process");
                }
                return new Launches.Launched(talk, process);
            } catch (CriuTalk.CriuFailed problem) {
                throw abandon(problem.told(where(), WORD, Criu.log(request.options(), LOG)));
            } catch (StepFailedException problem) {
                throw abandon(Criu.told(prepared.told(problem.failure()), WORD));
            } catch (IOException problem) {
                throw abandon(cannot(problem.getMessage()));
            } catch (FailureException problem) {
                throw abandon(problem.failure());
            } catch (ClientGone problem) {
                throw gone(problem);
            } finally {
                if (maker != null) {
                    maker.close();
                }
            }
        }

        private Descriptor launch() throws ClientGone, IOException, StepFailedException {
            machinery.makeDirectory(prepared.blueprint().footprint());
            machinery.keepConfiguration(prepared.blueprint().footprint(), prepared.config());
            talk.send(prepared.plan(), machinery.binary());
            maker = talk.awaitProcess();
            launches.enterScope(prepared, talk.identify(machinery, maker), talk);
            Descriptor channel = talk.awaitChannel();
            try {
                talk.awaitStarted();
                return channel;
            } catch (ClientGone | StepFailedException | RuntimeException problem) {
                channel.close();
                throw problem;
            }
        }

        private void reached(CriuAnswer.Notification point, List<Descriptor> received)
                throws ClientGone, IOException, StepFailedException {
            switch (point.point()) {
                case "setup-namespaces" -> furnish(point.pid());
                case "orphan-pts-master" -> {
                    if (!received.isEmpty()) {
                        talk.giveMaster(received.getFirst());
                    }
                }
                case "post-restore" -> adopt(point.pid());
                default -> {
                    // Nothing of ours is due there.
                }
            }
        }

        private void furnish(int pid) throws ClientGone, IOException, StepFailedException {
            LaunchPlan plan = CriuPlans.furnish(
                    config, prepared.name().id(), prepared.blueprint().bundle(), pid);
            try (Pidfd target = Pidfd.open(pid)) {
                talk.carryOut(plan, _ -> {}, machinery.binary(), target.descriptor());
            } catch (StepFailedException problem) {
                throw new FailureException(Wordings.failure(prepared.name(), plan, problem.failure()));
            }
        }

        private void adopt(int pid) throws ClientGone, IOException, StepFailedException {
            try (Pidfd pidfd = talk.succeed(pid)) {
                ProcessIdentity found = machinery.identify(pidfd);
                launches.enter(prepared, found, pidfd, session);
                process = found;
                Failpoint.RESTORE_RECORDED.hit(session.peer().pid());
                talk.adopt(prepared.name().id());
            }
        }

        /** CRIU ends first, so that it makes nothing more; what it has made is in the container's cgroups. */
        private FailureException abandon(Failure failure) {
            return launches.abandon(prepared, process == null ? maker : null, failure, session);
        }

        private ClientGone gone(ClientGone problem) {
            var _ = abandon(cannot(problem.getMessage()));
            return problem;
        }

        private String where() {
            return "container " + prepared.name();
        }

        private Failure cannot(@Nullable String message) {
            return new Failure(FailureCode.SYSTEM, where(), "cannot restore: " + message, "");
        }
    }
}
