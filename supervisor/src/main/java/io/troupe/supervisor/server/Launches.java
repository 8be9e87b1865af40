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
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Create and run: the intent goes into the journal, the plan to the client, and what the client says back to the
 * container. Whatever fails on the way, the container hears of it and what was made is removed before the caller does.
 */
final class Launches {
    private final Containers containers;
    private final Preparation preparation;
    private final Machinery machinery;
    private final HookRuns hooks;
    private final Notifications notifications;
    private final Systemd systemd;

    Launches(
            Containers containers,
            Preparation preparation,
            Machinery machinery,
            HookRuns hooks,
            Notifications notifications,
            Systemd systemd) {
        this.notifications = notifications;
        this.containers = containers;
        this.preparation = preparation;
        this.machinery = machinery;
        this.hooks = hooks;
        this.systemd = systemd;
    }

    void create(Request.Create request, Session session, Replies replies) throws ClientGone {
        containers.expect(request.name());
        Prepared prepared =
                preparation.prepare(request.name(), request.bundle(), request.options(), Intent.CREATE, session);
        launch(prepared, session);
        notifications.release(prepared.blueprint().footprint());
        replies.reply(new Reply.Done());
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
        } else {
            try {
                replies.reply(new Reply.Ended(awaitEnd(prepared, launched, session)));
            } finally {
                notifications.release(prepared.blueprint().footprint());
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
    private record Launched(Conversation talk, ProcessIdentity process) {}

    private Launched launch(Prepared prepared, Session session) throws ClientGone {
        int client = session.peer().pid();
        if (!containers.isThere(prepared.name())) {
            requireFreeCgroups(prepared);
            requireFreeUnit(prepared.scope());
        }
        session.warn(prepared.warnings());
        session.remark(prepared.remarks());
        Failpoint.CREATE_CHECKED.hit(client);
        // Whether or not the client is still there: once it is creating, somebody has to say what came of it.
        CompletionStage<Answer> asked = containers.asked(
                session, prepared.name(), new ContainerCommand.Create(prepared.blueprint()), prepared.word());
        byte[] plan = PlanCodec.encode(prepared.plan());
        containers.settled(prepared.name(), asked);
        Failpoint.CREATE_REQUESTED.hit(client);
        Conversation talk = new Conversation(
                session,
                warning -> containers.tell(prepared.name(), new ContainerCommand.WarnHook(prepared.words(warning))));
        Pidfd pidfd = null;
        try {
            machinery.makeDirectory(prepared.blueprint().footprint(), prepared.config());
            if (prepared.notifyAddress() != null) {
                boolean detaches = prepared.blueprint().intent() == Intent.RUN_DETACHED;
                notifications.open(prepared.blueprint().footprint(), prepared.notifyAddress(), session, detaches);
            }
            Failpoint.CREATE_DIRECTORY_MADE.hit(client);
            talk.send(plan, machinery.binary());
            Failpoint.CREATE_PLAN_SENT.hit(client);
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
            if (pidfd != null) {
                pidfd.close();
            }
        }
    }

    /** Into the journal first: who sees the pid file may start the container. */
    private void enter(Prepared prepared, ProcessIdentity process, Pidfd pidfd, Session session)
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

    private void enterScope(Prepared prepared, ProcessIdentity process, Conversation talk) throws ClientGone {
        Scope scope = prepared.scope();
        if (scope != null) {
            systemd.start(scope, process.pid());
            talk.scoped();
        }
    }

    private static void requireFreeCgroups(Prepared prepared) {
        try {
            Machinery.requireFree(prepared.blueprint().footprint());
        } catch (IOException problem) {
            throw new FailureException(cannot(prepared, problem.getMessage(), ""));
        }
    }

    /** {@return the failure, once the process is gone and the container has removed what was made} */
    private FailureException abandon(Prepared prepared, @Nullable Pidfd pidfd, Failure failure, Session session) {
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
        hooks.poststart(prepared, launched.process().pid(), launched.talk());
    }

    private io.troupe.protocol.ExitCause awaitEnd(Prepared prepared, Launched launched, Session session)
            throws ClientGone {
        int status;
        try {
            status = launched.talk().awaitExit();
        } catch (StepFailedException problem) {
            throw new FailureException(prepared.told(problem.failure()));
        }
        containers.tell(
                prepared.name(),
                new ContainerCommand.ParentReported(launched.process().pid(), status));
        Answer answer = containers.ask(session, prepared.name(), new ContainerCommand.AwaitExit(), prepared.word());
        if (prepared.blueprint().intent().removesItself()) {
            containers.ask(session, prepared.name(), new ContainerCommand.Delete(true), prepared.word());
            hooks.poststop(prepared, launched.talk());
        }
        return ((Answer.Ended) answer).cause();
    }

    private static Failure cannot(Prepared prepared, @Nullable String message, String remedy) {
        return new Failure(FailureCode.SYSTEM, "container " + prepared.name(), "cannot create: " + message, remedy);
    }
}
