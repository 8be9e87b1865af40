package io.troupe.supervisor.server;

import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.failpoint.Failpoint;

/** Start, kill, delete and wait: the container decides, and hooks run in the client that asked. */
final class Lifecycle {
    private final Containers containers;
    private final HookRuns hooks;
    private final Notifications notifications;

    Lifecycle(Containers containers, HookRuns hooks, Notifications notifications) {
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
        hooks.poststart(request.name(), session);
        replies.reply(new Reply.Done());
    }

    void kill(Request.Kill request, Session session, Replies replies) throws ClientGone {
        containers.ask(session, request.name(), new ContainerCommand.Kill(request.signal(), request.all()), "kill");
        replies.reply(new Reply.Done());
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
        // Read before they are removed with the container.
        HookRuns.Poststop after = hooks.poststop(request.name(), session);
        containers.ask(session, request.name(), new ContainerCommand.Delete(request.force()), "delete");
        Failpoint.DELETE_RECORDED.hit(session.peer().pid());
        after.run();
        replies.reply(new Reply.Done());
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
