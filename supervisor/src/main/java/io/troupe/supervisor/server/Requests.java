package io.troupe.supervisor.server;

import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.protocol.wire.Hello;
import io.troupe.supervisor.plan.Features;

/** Which service answers what. */
public final class Requests {
    private final Admission admission;
    private final Launches launches;
    private final Execs execs;
    private final HotMounts mounts;
    private final Checkpoints checkpoints;
    private final Restores restores;
    private final Lifecycle lifecycle;
    private final Queries queries;
    private final Processes processes;
    private final Updates updates;
    private final Usage usage;

    Requests(
            Admission admission,
            Launches launches,
            Execs execs,
            HotMounts mounts,
            Checkpoints checkpoints,
            Restores restores,
            Lifecycle lifecycle,
            Queries queries,
            Processes processes,
            Updates updates,
            Usage usage) {
        this.admission = admission;
        this.launches = launches;
        this.execs = execs;
        this.mounts = mounts;
        this.checkpoints = checkpoints;
        this.restores = restores;
        this.lifecycle = lifecycle;
        this.queries = queries;
        this.processes = processes;
        this.updates = updates;
        this.usage = usage;
    }

    /** {@return whether this supervisor answers; else the caller has been told to ask the next one} */
    boolean admits(Request request, Hello hello, Session session) throws ClientGone {
        return admission.admits(request, hello, session);
    }

    /** Answers a request, by one reply or a stream of them. */
    void handle(Request request, Session session, Replies replies) throws ClientGone {
        switch (request) {
            case Request.Create create -> launches.create(create, session, replies);
            case Request.Run run -> launches.run(run, session, replies);
            case Request.Exec exec -> execs.exec(exec, session, replies);
            case Request.ChangeMounts change -> mounts.change(change, session, replies);
            case Request.Checkpoint checkpoint -> checkpoints.checkpoint(checkpoint, session, replies);
            case Request.Restore restore -> restores.restore(restore, session, replies);
            case Request.Start start -> lifecycle.start(start, session, replies);
            case Request.Kill kill -> lifecycle.kill(kill, session, replies);
            case Request.KillMatching kill -> lifecycle.killMatching(kill, session, replies);
            case Request.DeleteMatching delete -> lifecycle.deleteMatching(delete, session, replies);
            case Request.Update update -> updates.update(update, session, replies);
            case Request.Usage wanted -> usage.report(wanted, session, replies);
            case Request.Ps ps -> replies.reply(processes.ps(ps, session));
            case Request.Pause pause -> lifecycle.pause(pause, session, replies);
            case Request.Resume resume -> lifecycle.resume(resume, session, replies);
            case Request.Delete delete -> lifecycle.delete(delete, session, replies);
            case Request.Wait wait -> lifecycle.await(wait, session, replies);
            case Request.ReportExit report -> lifecycle.reportExit(report, session, replies);
            case Request.State state -> replies.reply(queries.state(state.name()));
            case Request.ListContainers list -> replies.reply(queries.list(list.root()));
            case Request.History history -> replies.reply(queries.history(history.name()));
            case Request.Why why -> replies.reply(queries.why(why.name()));
            case Request.Events events -> queries.events(events, session, replies);
            case Request.Plan plan -> replies.reply(queries.plan(plan, session));
            case Request.Spec spec -> replies.reply(queries.spec(spec, session));
            case Request.Features _ -> replies.reply(new Reply.Features(Features.structure()));
            case Request.Info _ -> replies.reply(queries.info());
            case Request.SupervisorStatus _ -> replies.reply(queries.status());
            case Request.Verify _ -> replies.reply(queries.verify());
            case Request.SupervisorStop _ -> queries.stop(replies);
        }
    }
}
