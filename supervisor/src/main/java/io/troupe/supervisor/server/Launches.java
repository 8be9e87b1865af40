package io.troupe.supervisor.server;

import io.troupe.launch.PlanCodec;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.Intent;
import io.troupe.supervisor.failpoint.Failpoint;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.systemd.Scope;
import io.troupe.supervisor.systemd.Systemd;
import io.troupe.syscall.Descriptor;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Create and run: the intent goes into the journal, the plan to the client, and what the client says back to the
 * container. Whatever fails on the way, the container hears of it and what was made is removed before the caller does.
 */
final class Launches {
    /** Begins the line of version 2 in /proc/PID/cgroup (cgroups(7)). */
    private static final String UNIFIED = "0::";

    private static final Logger LOG = LoggerFactory.getLogger(Launches.class);

    private final Containers containers;
    private final Intentions intentions;
    private final Preparation preparation;
    private final Machinery machinery;
    private final HookRuns hooks;
    private final Notifications notifications;
    private final Systemd systemd;
    private final Networks networks;
    private final Makers makers;

    Launches(
            Containers containers,
            Preparation preparation,
            Machinery machinery,
            HookRuns hooks,
            Notifications notifications,
            Systemd systemd,
            Networks networks,
            Makers makers) {
        this.notifications = notifications;
        this.containers = containers;
        this.intentions = new Intentions(containers);
        this.preparation = preparation;
        this.machinery = machinery;
        this.hooks = hooks;
        this.systemd = systemd;
        this.networks = networks;
        this.makers = makers;
    }

    void create(Request.Create request, Session session, Replies replies) throws ClientGone {
        containers.expect(request.name());
        Prepared prepared =
                preparation.prepare(request.name(), request.bundle(), request.options(), Intent.CREATE, session);
        launch(prepared, session);
        notifications.release(prepared.blueprint().footprint());
        replies.reply(new Reply.Done());
        networks.refill();
    }

    void run(Request.Run request, Session session, Replies replies) throws ClientGone {
        containers.expect(request.name());
        Prepared prepared =
                preparation.prepare(request.name(), request.bundle(), request.options(), intent(request), session);
        Launched launched = launch(prepared, session);
        awaitProgram(prepared, launched, session);
        if (request.detach()) {
            notifications.awaitReady(prepared.blueprint().footprint(), session);
            replies.reply(new Reply.Done());
            networks.refill();
        } else {
            try {
                replies.reply(new Reply.Ended(awaitEnd(prepared, launched, session)));
            } finally {
                notifications.release(prepared.blueprint().footprint());
                networks.refill();
            }
        }
    }

    private static Intent intent(Request.Run request) {
        if (request.detach()) {
            return Intent.RUN_DETACHED;
        }
        return request.keep() ? Intent.RUN_KEPT : Intent.RUN;
    }

    /** A process that is in the journal and will outlive its creator. */
    record Launched(Conversation talk, ProcessIdentity process) {}

    /** Checks that its cgroups and its unit are not somebody else's. */
    void requireFree(Prepared prepared) {
        if (!containers.isThere(prepared.name())) {
            requireFreeCgroups(prepared);
            requireFreeUnit(prepared.scope());
        }
    }

    private Launched launch(Prepared prepared, Session session) throws ClientGone {
        int client = session.peer().pid();
        requireFree(prepared);
        session.warn(prepared.warnings());
        session.remark(prepared.remarks());
        Failpoint.CREATE_CHECKED.hit(client);
        Conversation talk = new Conversation(
                session,
                warning -> containers.tell(prepared.name(), new ContainerCommand.WarnHook(prepared.words(warning))));
        Intentions.Intention intention = intentions.ask(prepared, session);
        Pidfd pidfd = null;
        try {
            begin(prepared, intention, talk, session);
            makers.enter(prepared.name(), session);
            pidfd = talk.awaitProcess();
            Failpoint.CREATE_PROCESS_MADE.hit(client);
            ProcessIdentity process = talk.identify(machinery, pidfd);
            enterScope(prepared, process, talk);
            if (!prepared.blueprint().intent().startsItself()) {
                talk.awaitReady();
                Failpoint.CREATE_READY.hit(client);
            }
            enter(prepared, process, pidfd, session);
            if (prepared.notifyAddress() != null) {
                notifications.follow(prepared.blueprint().footprint(), pidfd.duplicate(), process.pid());
            }
            Failpoint.CREATE_RECORDED.hit(client);
            talk.adopt(prepared.name().id());
            Failpoint.CREATE_ADOPTED.hit(client);
            return new Launched(talk, process);
        } catch (Intentions.RefusedException refused) {
            throw refused.why();
        } catch (StepFailedException problem) {
            throw abandon(prepared, pidfd, prepared.told(problem.failure()), session);
        } catch (IOException problem) {
            throw abandon(prepared, pidfd, cannot(prepared, problem.getMessage(), ""), session);
        } catch (FailureException problem) {
            throw abandon(prepared, pidfd, problem.failure(), session);
        } catch (ClientGone problem) {
            abandon(prepared, pidfd, cannot(prepared, problem.getMessage(), "Create it again"), session);
            throw problem;
        } finally {
            makers.leave(prepared.name(), session);
            if (pidfd != null) {
                pidfd.close();
            }
        }
    }

    /** The plan goes to the client and the intent into the journal: at the same time, where nobody else has the name. */
    private void begin(Prepared prepared, Intentions.Intention intention, Conversation talk, Session session)
            throws Intentions.RefusedException, IOException, ClientGone {
        int client = session.peer().pid();
        byte[] plan = PlanCodec.encode(prepared.plan());
        boolean ahead = prepared.ahead() && intention.alone() && prepared.notifyAddress() == null;
        if (ahead) {
            sendAhead(prepared, plan, intention, talk, session);
            Failpoint.CREATE_REQUESTED.hit(client);
        } else {
            intention.settle();
            Failpoint.CREATE_REQUESTED.hit(client);
            machinery.makeDirectory(prepared.blueprint().footprint());
            notifications(prepared, session);
            Failpoint.CREATE_DIRECTORY_MADE.hit(client);
            send(prepared, plan, talk);
            Failpoint.CREATE_PLAN_SENT.hit(client);
        }
        machinery.keepConfiguration(prepared.blueprint().footprint(), prepared.config());
    }

    private void send(Prepared prepared, byte[] plan, Conversation talk) throws IOException, ClientGone {
        if (prepared.network()) {
            try (Descriptor network = networks.take()) {
                talk.send(plan, machinery.binary(), network);
            }
        } else {
            talk.send(plan, machinery.binary());
        }
    }

    /** What the client makes before the intent is recorded ends with it, or is claimed by the private directory. */
    private void sendAhead(
            Prepared prepared, byte[] plan, Intentions.Intention intention, Conversation talk, Session session)
            throws Intentions.RefusedException, IOException, ClientGone {
        int client = session.peer().pid();
        boolean made = false;
        try {
            machinery.makeDirectory(prepared.blueprint().footprint());
            made = true;
            machinery.claimCgroups(prepared.blueprint().footprint());
            Failpoint.CREATE_DIRECTORY_MADE.hit(client);
            send(prepared, plan, talk);
            Failpoint.CREATE_PLAN_SENT.hit(client);
        } catch (IOException | ClientGone | FailureException problem) {
            settle(prepared, intention, made, null);
            throw problem;
        }
        settle(prepared, intention, true, talk);
    }

    /**
     * Takes back, if it is refused, what was done ahead of it.
     *
     * @param made whether there is a private directory of ours
     * @param talk with the client, if it has the plan
     */
    private void settle(Prepared prepared, Intentions.Intention intention, boolean made, @Nullable Conversation talk)
            throws Intentions.RefusedException {
        try {
            intention.settle();
        } catch (Intentions.RefusedException refused) {
            if (talk != null) {
                endUnrecorded(prepared, talk);
            }
            if (made) {
                Machinery.discard(prepared.blueprint().footprint());
            }
            throw refused;
        }
    }

    /** A client that is gone, or fails, has ended the process itself. */
    private void endUnrecorded(Prepared prepared, Conversation talk) {
        try (Pidfd pidfd = talk.awaitProcess()) {
            machinery.end(pidfd);
        } catch (ClientGone | StepFailedException gone) {
            LOG.debug("a refused launch of {} ended by itself: {}", prepared.name(), gone.getMessage());
        }
    }

    private void notifications(Prepared prepared, Session session) throws IOException {
        if (prepared.notifyAddress() != null) {
            boolean detaches = prepared.blueprint().intent() == Intent.RUN_DETACHED;
            notifications.open(prepared.blueprint().footprint(), prepared.notifyAddress(), session, detaches);
        }
    }

    /** Into the journal first: who sees the pid file may start the container. */
    void enter(Prepared prepared, ProcessIdentity process, Pidfd pidfd, Session session)
            throws ClientGone, IOException {
        try (Machinery.PidFile pidFile = machinery.draftPidFile(prepared.pidFile(), process.pid())) {
            containers.adopt(session, prepared.name(), process, pidfd.duplicate());
            pidFile.publish();
        }
    }

    /** What is in a container's scope ends with the container. */
    private void requireFreeUnit(@Nullable Scope scope) {
        if (scope != null && systemd.has(scope.name().unit())) {
            throw new FailureException(
                    FailureCode.ALREADY_EXISTS,
                    "unit " + scope.name().unit(),
                    "systemd has it already",
                    "Use another linux.cgroupsPath");
        }
    }

    void enterScope(Prepared prepared, ProcessIdentity process, Conversation talk) throws ClientGone, IOException {
        Scope scope = prepared.scope();
        if (scope != null) {
            systemd.start(scope, process.pid());
            requireInside(scope, prepared.blueprint().footprint().cgroups(), process);
            talk.scoped();
        }
    }

    /** A user's systemd has to ask the system's to move a process. On version 1 the client moves it everywhere. */
    private static void requireInside(Scope scope, List<String> cgroups, ProcessIdentity process) throws IOException {
        if (cgroups.size() != 1) {
            return;
        }
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/cgroup"))) {
            if (line.startsWith(UNIFIED) && !isIn(line.substring(UNIFIED.length()), scope, cgroups.getFirst())) {
                throw new FailureException(
                        FailureCode.SYSTEM,
                        "unit " + scope.name().unit(),
                        "systemd made it, and left the process in " + line.substring(UNIFIED.length()),
                        "Look at \"systemctl status\", or leave out --systemd-cgroup");
            }
        }
    }

    /** The container's cgroup is the scope's, or below it. */
    private static boolean isIn(String path, Scope scope, String cgroup) {
        return path.endsWith("/" + scope.name().unit()) && (cgroup + "/").contains(path + "/");
    }

    private static void requireFreeCgroups(Prepared prepared) {
        try {
            Machinery.requireFree(prepared.blueprint().footprint());
        } catch (IOException problem) {
            throw new FailureException(cannot(prepared, problem.getMessage(), ""));
        }
    }

    /** {@return the failure, once the process is gone and the container has removed what was made} */
    FailureException abandon(Prepared prepared, @Nullable Pidfd pidfd, Failure failure, Session session) {
        if (pidfd != null) {
            machinery.end(pidfd);
        }
        notifications.close(prepared.blueprint().footprint());
        containers.settle(session, prepared.name(), new ContainerCommand.LaunchFailed(failure), prepared.word());
        return new FailureException(failure);
    }

    private void awaitProgram(Prepared prepared, Launched launched, Session session) throws ClientGone {
        try {
            launched.talk().awaitStarted();
        } catch (StepFailedException problem) {
            throw abandon(prepared, null, prepared.told(problem.failure()), session);
        }
        if (prepared.blueprint().intent() == Intent.RUN_DETACHED) {
            // It is told that the program runs, so the journal has to know; in the foreground its end comes later.
            containers.settle(session, prepared.name(), new ContainerCommand.ProgramStarted(), prepared.word());
        } else {
            containers.tell(prepared.name(), new ContainerCommand.ProgramStarted());
        }
        try {
            hooks.poststart(prepared, launched.process().pid(), launched.talk());
        } catch (FailureException failed) {
            undo(prepared, launched, session);
            throw failed;
        }
    }

    /** A container that was to run is not there if it does not; one that is to be kept is. */
    private void undo(Prepared prepared, Launched launched, Session session) throws ClientGone {
        containers.stop(session, prepared.name(), prepared.word());
        if (prepared.blueprint().intent() != Intent.RUN_KEPT) {
            containers.ask(session, prepared.name(), new ContainerCommand.Delete(true), prepared.word());
            hooks.poststop(prepared, launched.talk());
        }
    }

    io.troupe.protocol.ExitCause awaitEnd(Prepared prepared, Launched launched, Session session) throws ClientGone {
        int status;
        try {
            status = launched.talk().awaitExit();
        } catch (StepFailedException problem) {
            throw new FailureException(prepared.told(problem.failure()));
        }
        containers.tell(
                prepared.name(),
                new ContainerCommand.ParentReported(launched.process().pid(), status));
        CompletionStage<Answer> deleted = prepared.blueprint().intent().removesItself()
                ? containers.asked(session, prepared.name(), new ContainerCommand.Delete(true), prepared.word())
                : null;
        Answer answer = containers.ask(session, prepared.name(), new ContainerCommand.AwaitExit(), prepared.word());
        if (deleted != null) {
            containers.settled(prepared.name(), deleted);
            hooks.poststop(prepared, launched.talk());
        }
        return ((Answer.Ended) answer).cause();
    }

    private static Failure cannot(Prepared prepared, @Nullable String message, String remedy) {
        return new Failure(FailureCode.SYSTEM, "container " + prepared.name(), "cannot create: " + message, remedy);
    }
}
