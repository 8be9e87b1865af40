package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.container.Decision.Verdict;
import io.troupe.supervisor.process.Delivery;
import io.troupe.supervisor.process.FreezerAnswer;
import io.troupe.supervisor.process.LimitChange;
import io.troupe.supervisor.process.LimitsAnswer;
import io.troupe.supervisor.process.ProcessCommand;
import io.troupe.supervisor.process.ProcessReport;
import io.troupe.syscall.Pidfd;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/**
 * The actor of one container: asks {@link ContainerKernel}, persists, and only then acts and answers. If the journal
 * fails, callers hear so, the state is read again by and by, and neither container nor process actor is touched.
 */
public final class ContainerEntity extends EventSourcedBehavior<ContainerMessage, Fact, ContainerState> {
    /** How the names of containers' streams begin. */
    public static final String STREAMS = "container|";

    private static final int FACTS_PER_SNAPSHOT = 50;
    private static final int SNAPSHOTS_KEPT = 2;
    private static final int SIGKILL = 9;
    private static final Duration DELIVERY_DEADLINE = Duration.ofSeconds(10);
    /** systemd is waited for that much longer. */
    private static final Duration LIMITS_DEADLINE = Duration.ofSeconds(35);

    /**
     * What a container's actor works with.
     *
     * @param idleAfter how long the actor of a container that is not there stays
     */
    public record Parts(
            ContainerName name,
            Clock clock,
            Context.Wording wording,
            ProcessFactory processes,
            ContainerObserver observer,
            Duration idleAfter) {}

    private record Caller(
            Cause.@Nullable ByPeer who, @Nullable ActorRef<Answer> replyTo, ContainerMessage message) {}

    private final ActorContext<ContainerMessage> actor;
    private final Parts parts;
    private final Askers askers;
    private final Anteroom anteroom;
    private final ActorRef<ProcessReport> reports;
    private @Nullable ActorRef<ProcessCommand> process;
    private boolean reconciling;

    private ContainerEntity(ActorContext<ContainerMessage> actor, Parts parts, Anteroom anteroom) {
        super(
                persistenceId(parts.name()),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.1)
                        .withStopChildren(false));
        this.actor = actor;
        this.parts = parts;
        this.askers = new Askers(parts.name());
        this.anteroom = anteroom;
        this.reports = actor.messageAdapter(
                ProcessReport.class, report -> new ContainerMessage.Tell(new ContainerCommand.ProcessReported(report)));
    }

    /** {@return the actor's behavior} */
    public static Behavior<ContainerMessage> create(Parts parts) {
        Anteroom anteroom = new Anteroom(parts.name());
        return Behaviors.intercept(
                () -> anteroom, Behaviors.setup(actor -> new ContainerEntity(actor, parts, anteroom)));
    }

    /** {@return the name of a container's stream in the journal: {@code container|ID} or {@code container|ROOT|ID}} */
    public static PersistenceId persistenceId(ContainerName name) {
        String id = name.root().isEmpty() ? name.id() : name.root() + "|" + name.id();
        return PersistenceId.ofUniqueId(STREAMS + id);
    }

    /**
     * {@return whose stream it is: the other way of {@link #persistenceId}}
     *
     * @throws IllegalArgumentException if it is no container's
     */
    public static ContainerName nameOf(String persistenceId) {
        int root = persistenceId.indexOf('|') + 1;
        int id = persistenceId.lastIndexOf('|') + 1;
        if (!persistenceId.startsWith(STREAMS)) {
            throw new IllegalArgumentException("no container's stream: " + persistenceId);
        }
        return new ContainerName(id > root ? persistenceId.substring(root, id - 1) : "", persistenceId.substring(id));
    }

    @Override
    public ContainerState emptyState() {
        return ContainerState.initial();
    }

    @Override
    public EventHandler<ContainerState, Fact> eventHandler() {
        return ContainerState::after;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(FACTS_PER_SNAPSHOT, SNAPSHOTS_KEPT);
    }

    @Override
    public SignalHandler<ContainerState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.class, (state, _) -> recovered(state))
                .onSignal(RecoveryFailed.class, (_, failed) -> unreadable(failed.getFailure()))
                .onSignal(PreRestart.class, (_, _) -> restarting())
                .onSignal(PostStop.class, (_, _) -> parts.observer().stopped(parts.name(), actor.getSelf()))
                .build();
    }

    @Override
    public CommandHandler<ContainerMessage, Fact, ContainerState> commandHandler() {
        return (state, message) -> switch (message) {
            case ContainerMessage.Ask(var command, var who, String word, var replyTo) ->
                decide(state, command, new Caller(new Cause.ByPeer(who, word), replyTo, message), null);
            case ContainerMessage.Tell(var command) -> decide(state, command, new Caller(null, null, message), null);
            case ContainerMessage.Adopt(var identity, var pidfd, var replyTo) ->
                decide(state, new ContainerCommand.Launched(identity), new Caller(null, replyTo, message), pidfd);
            case ContainerMessage.Delivered delivered -> delivered(state, delivered);
            case ContainerMessage.FreezerSet set -> freezerSet(state, set);
            case ContainerMessage.Forget(var replyTo) -> Effect().none().thenRun(now -> forget(replyTo, now));
            case ContainerMessage.Enter _ -> Effect().none();
            case ContainerMessage.LimitsSet set ->
                decide(state, set.answer(), new Caller(set.who(), set.replyTo(), set), null);
            case ContainerMessage.Idle _ -> idle(state);
            case ContainerMessage.Stop _ -> stop(state);
        };
    }

    private org.apache.pekko.persistence.typed.javadsl.Effect<Fact, ContainerState> decide(
            ContainerState state, ContainerCommand command, Caller caller, @Nullable Pidfd pidfd) {
        Context context = new Context(parts.name(), parts.clock().instant(), caller.who(), parts.wording());
        Decision decision = ContainerKernel.decide(state, command, context);
        boolean reported = command instanceof ContainerCommand.ProcessReported;
        if (decision.facts().isEmpty()) {
            return Effect().none().thenRun((ContainerState now) -> settle(now, decision, caller, pidfd, reported));
        }
        Failpoints.beforePersist(command);
        askers.persisting(caller.replyTo());
        return Effect()
                .persist(decision.facts())
                .thenRun((ContainerState now) -> settle(now, decision, caller, pidfd, reported));
    }

    /** What is done once the facts are in the journal. */
    private void settle(
            ContainerState state, Decision decision, Caller caller, @Nullable Pidfd pidfd, boolean reported) {
        if (!decision.facts().isEmpty()) {
            Failpoints.afterPersist(decision.facts(), caller.who());
            parts.observer().committed(parts.name(), state, decision.facts());
            askers.committed(decision.facts());
        }
        answer(decision.verdict(), caller);
        decision.effects().forEach(effect -> perform(effect, caller, pidfd));
        if (state instanceof ContainerState.Creating) {
            process(); // while the launch is under way: it will be needed at its end
        }
        resumePostponed(state);
        if (reconciling && reported) {
            reconciling = false;
            parts.observer().reconciled(parts.name(), state);
        }
        watchIdleness(state);
    }

    private void perform(Effect effect, Caller caller, @Nullable Pidfd pidfd) {
        switch (effect) {
            case Effect.Watch(var identity, var footprint, boolean thenRemoved) -> {
                if (pidfd == null) {
                    throw new IllegalStateException("Launched came without a pidfd; use ContainerMessage.Adopt");
                }
                process().tell(new ProcessCommand.Watch(identity, footprint, thenRemoved, pidfd));
            }
            case Effect.Reattach(var identity, var footprint) ->
                process().tell(new ProcessCommand.Reattach(identity, footprint));
            case Effect.Release(var footprint) -> process().tell(new ProcessCommand.Release(footprint));
            case Effect.SendSignal(int signal, boolean all, var footprint) ->
                signal(new Effect.SendSignal(signal, all, footprint), caller.replyTo());
            case Effect.KillProcess(var footprint) -> signal(new Effect.SendSignal(SIGKILL, false, footprint), null);
            case Effect.Freeze freeze -> freeze(freeze, caller);
            case Effect.Thaw(var footprint) ->
                freeze(new Effect.Freeze(false, footprint), new Caller(null, null, caller.message()));
            case Effect.SetLimits(var changes) -> setLimits(changes, caller);
            case Effect.CleanUp(var footprint) -> process().tell(new ProcessCommand.CleanUp(footprint));
        }
    }

    private void signal(Effect.SendSignal signal, @Nullable ActorRef<Answer> replyTo) {
        actor.ask(
                Delivery.class,
                process(),
                DELIVERY_DEADLINE,
                ref -> new ProcessCommand.Signal(signal.signal(), signal.all(), signal.footprint(), ref),
                (delivery, _) -> new ContainerMessage.Delivered(signal.signal(), delivery, replyTo));
    }

    private void freeze(Effect.Freeze freeze, Caller caller) {
        actor.ask(
                FreezerAnswer.class,
                process(),
                DELIVERY_DEADLINE,
                ref -> new ProcessCommand.Freeze(freeze.frozen(), freeze.footprint(), ref),
                (answer, _) -> new ContainerMessage.FreezerSet(
                        freeze.frozen(),
                        answer == null ? "nothing was heard of the freezer in time" : answer.problem(),
                        caller.who(),
                        caller.replyTo()));
    }

    private void setLimits(List<LimitChange> changes, Caller caller) {
        actor.ask(
                LimitsAnswer.class,
                process(),
                LIMITS_DEADLINE,
                ref -> new ProcessCommand.SetLimits(changes, ref),
                (answer, _) -> new ContainerMessage.LimitsSet(
                        new ContainerCommand.LimitsAnswered(
                                changes, answer == null ? "nothing was heard of the limits in time" : answer.problem()),
                        caller.who(),
                        caller.replyTo()));
    }

    private org.apache.pekko.persistence.typed.javadsl.Effect<Fact, ContainerState> freezerSet(
            ContainerState state, ContainerMessage.FreezerSet set) {
        ContainerCommand command = new ContainerCommand.FreezerAnswered(set.frozen(), set.problem());
        return decide(state, command, new Caller(set.who(), set.replyTo(), set), null);
    }

    private org.apache.pekko.persistence.typed.javadsl.Effect<Fact, ContainerState> delivered(
            ContainerState state, ContainerMessage.Delivered delivered) {
        ActorRef<Answer> replyTo = delivered.replyTo();
        if (replyTo != null) {
            replyTo.tell(Refusals.delivery(parts.name(), delivered.delivery(), DELIVERY_DEADLINE));
        } else if (delivered.delivery() instanceof Delivery.Refused(String message)) {
            return decide(state, new ContainerCommand.KillRefused(message), new Caller(null, null, delivered), null);
        }
        return Effect().none();
    }

    private void answer(Verdict verdict, Caller caller) {
        ActorRef<Answer> replyTo = caller.replyTo();
        if (replyTo == null) {
            return;
        }
        switch (verdict) {
            case Verdict.Now(Answer answer) -> replyTo.tell(answer);
            case Verdict.Later(Milestone milestone) -> askers.await(milestone, replyTo);
            case Verdict.Postponed _ -> {
                if (caller.message() instanceof ContainerMessage.Ask ask) {
                    askers.postpone(ask);
                }
            }
            case Verdict.OnDelivery _ -> {
                // The effect carries the asker.
            }
            case Verdict.Nobody _ -> replyTo.tell(new Answer.Done());
        }
    }

    private void resumePostponed(ContainerState state) {
        boolean removing = state instanceof ContainerState.Deleting deleting
                && deleting.leftovers().isEmpty();
        boolean settling = removing || state instanceof ContainerState.Creating;
        if (!settling) {
            askers.takePostponed().forEach(actor.getSelf()::tell);
        }
    }

    /** Reattaching comes before all that was asked meanwhile; a decision with facts must wait its turn. */
    private void recovered(ContainerState state) {
        parts.observer().recovered(parts.name(), state);
        ContainerCommand command = new ContainerCommand.Recovered();
        ContainerMessage message = new ContainerMessage.Tell(command);
        Decision decision = ContainerKernel.decide(
                state, command, new Context(parts.name(), parts.clock().instant(), null, parts.wording()));
        if (decision.facts().isEmpty()) {
            decision.effects().forEach(effect -> perform(effect, new Caller(null, null, message), null));
        } else {
            actor.getSelf().tell(message);
        }
        reconciling = !decision.effects().isEmpty();
        anteroom.open(actor.getSelf());
        if (!reconciling) {
            parts.observer().reconciled(parts.name(), state);
        }
        watchIdleness(state);
    }

    private void unreadable(Throwable problem) {
        parts.observer().unreadable(parts.name(), anteroom.refuse(problem));
    }

    private void restarting() {
        anteroom.close();
        askers.journalFailed();
    }

    private void forget(ActorRef<Answer> replyTo, ContainerState state) {
        askers.forget(replyTo);
        watchIdleness(state);
    }

    private void watchIdleness(ContainerState state) {
        if (isIdle(state)) {
            actor.setReceiveTimeout(parts.idleAfter(), new ContainerMessage.Idle());
        } else {
            actor.cancelReceiveTimeout();
        }
    }

    private boolean isIdle(ContainerState state) {
        return state instanceof ContainerState.Absent && askers.isEmpty();
    }

    private org.apache.pekko.persistence.typed.javadsl.Effect<Fact, ContainerState> idle(ContainerState state) {
        if (isIdle(state)) {
            parts.observer().idle(parts.name(), actor.getSelf());
        }
        return Effect().none();
    }

    private org.apache.pekko.persistence.typed.javadsl.Effect<Fact, ContainerState> stop(ContainerState state) {
        if (isIdle(state)) {
            return Effect().none().thenStop();
        }
        parts.observer().busy(parts.name(), actor.getSelf());
        return Effect().none();
    }

    private ActorRef<ProcessCommand> process() {
        ActorRef<ProcessCommand> known = process;
        if (known == null) {
            known = parts.processes().spawn(actor, parts.name(), reports);
            process = known;
        }
        return known;
    }
}
