package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.failpoint.Failpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Start, kill, delete and wait: the container decides, and hooks run in the client that asked. */
final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /** How long the record of an end may be behind the end. */
    private static final Duration RECORDED = Duration.ofSeconds(10);

    private final Containers containers;
    private final HookRuns hooks;
    private final Notifications notifications;
    private final Makers makers;

    Lifecycle(Containers containers, HookRuns hooks, Notifications notifications, Makers makers) {
        this.makers = makers;
        this.containers = containers;
        this.notifications = notifications;
        this.hooks = hooks;
    }

    void start(Request.Start request, Session session, Replies replies) throws ClientGone {
        NotifyProxy notifying = notifications.serve(
                request.name(), Handovers.notifyAddress(session.variable(Handovers.NOTIFY)), session);
        try {
            containers.ask(session, request.name(), new ContainerCommand.Start(), "start", Mailbox.FOR_EVER);
            Failpoint.START_RECORDED.hit(session.peer().pid());
            if (notifying != null) {
                Notifications.awaitReady(notifying, session);
            }
        } finally {
            if (notifying != null) {
                notifying.release();
            }
        }
        try {
            hooks.poststart(request.name(), session);
        } catch (FailureException failed) {
            containers.stop(session, request.name(), "start");
            throw failed;
        }
        replies.reply(new Reply.Done());
    }

    void kill(Request.Kill request, Session session, Replies replies) throws ClientGone {
        containers.ask(session, request.name(), new ContainerCommand.Kill(request.signal(), request.all()), "kill");
        replies.reply(new Reply.Done());
    }

    void killMatching(Request.KillMatching request, Session session, Replies replies) throws ClientGone {
        ContainerCommand kill = new ContainerCommand.Kill(request.signal(), request.all());
        each(request.root(), request.pattern(), name -> containers.ask(session, name, kill, "kill"));
        replies.reply(new Reply.Done());
    }

    void deleteMatching(Request.DeleteMatching request, Session session, Replies replies) throws ClientGone {
        each(request.root(), request.pattern(), name -> remove(name, request.force(), session));
        replies.reply(new Reply.Done());
    }

    /** What is done to each of several containers. */
    @FunctionalInterface
    private interface Each {
        void accept(ContainerName name) throws ClientGone;
    }

    /** Every one gets its turn; what went wrong with some is told in the end. */
    private void each(String root, String pattern, Each action) throws ClientGone {
        List<Failure> failures = new ArrayList<>();
        for (ContainerName name : containers.matching(root, pattern)) {
            try {
                action.accept(name);
            } catch (FailureException problem) {
                failures.add(problem.failure());
            }
        }
        if (failures.size() == 1) {
            throw new FailureException(failures.getFirst());
        }
        if (!failures.isEmpty()) {
            throw new FailureException(
                    failures.getFirst().code(),
                    failures.size() + " containers",
                    failures.stream().map(Failure::line).collect(Collectors.joining("; ")),
                    "");
        }
    }

    void pause(Request.Pause request, Session session, Replies replies) throws ClientGone {
        containers.ask(session, request.name(), new ContainerCommand.Pause(), "pause");
        replies.reply(new Reply.Done());
    }

    void resume(Request.Resume request, Session session, Replies replies) throws ClientGone {
        containers.ask(session, request.name(), new ContainerCommand.Resume(), "resume");
        replies.reply(new Reply.Done());
    }

    void delete(Request.Delete request, Session session, Replies replies) throws ClientGone {
        remove(request.name(), request.force(), session);
        replies.reply(new Reply.Done());
    }

    /** Who has reaped the process knows of its end before the journal does, and may delete at once. */
    private void awaitRecord(ContainerName name, Session session) throws ClientGone {
        try {
            if (containers.hasJustEnded(name)) {
                containers.ask(session, name, new ContainerCommand.AwaitExit(), "delete", RECORDED);
            }
        } catch (IOException | FailureException unknown) {
            LOG.debug("whether {} has ended: {}", name, unknown.getMessage()); // its actor will say what it knows
        }
    }

    void remove(ContainerName name, boolean force, Session session) throws ClientGone {
        if (force) {
            makers.end(name);
        } else {
            awaitRecord(name, session);
        }
        // Read before they are removed with the container.
        HookRuns.Poststop after = hooks.poststop(name, session);
        containers.ask(session, name, new ContainerCommand.Delete(force), "delete");
        Failpoint.DELETE_RECORDED.hit(session.peer().pid());
        after.run();
    }

    void await(Request.Wait request, Session session, Replies replies) throws ClientGone {
        Answer answer =
                containers.ask(session, request.name(), new ContainerCommand.AwaitExit(), "wait", Mailbox.FOR_EVER);
        replies.reply(new Reply.Ended(((Answer.Ended) answer).cause()));
    }

    void reportExit(Request.ReportExit request, Session session, Replies replies) throws ClientGone {
        containers.ask(
                session,
                request.name(),
                new ContainerCommand.ParentReported(request.pid(), request.waitStatus()),
                "report-exit");
        replies.reply(new Reply.Done());
    }
}
