package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Where messages wait until a container's state has been read from the journal. If it cannot be read, those who ask are
 * told so at once; the rest waits on, for it is tried again. Nobody who was told is served later.
 */
final class Anteroom extends BehaviorInterceptor<ContainerMessage, ContainerMessage> {
    private final ContainerName name;
    private final Deque<ContainerMessage> waiting = new ArrayDeque<>();
    private boolean open;
    private Answer.@Nullable Refused refusal;

    Anteroom(ContainerName name) {
        super(ContainerMessage.class);
        this.name = name;
    }

    @Override
    public Behavior<ContainerMessage> aroundReceive(
            TypedActorContext<ContainerMessage> context,
            ContainerMessage message,
            ReceiveTarget<ContainerMessage> target) {
        if (open) {
            return letIn(context, message, target);
        }
        if (message instanceof ContainerMessage.Enter) {
            return Behaviors.same(); // closed again since; who waited does so still
        }
        ActorRef<Answer> asker = asker(message);
        if (asker == null || refusal == null) {
            waiting.add(message);
        } else {
            asker.tell(refusal);
        }
        return Behaviors.same();
    }

    /** Nobody overtakes: one of those who wait is let in for each message that comes. */
    private Behavior<ContainerMessage> letIn(
            TypedActorContext<ContainerMessage> context,
            ContainerMessage message,
            ReceiveTarget<ContainerMessage> target) {
        boolean entering = message instanceof ContainerMessage.Enter;
        if (waiting.isEmpty()) {
            return entering ? Behaviors.same() : target.apply(context, message);
        }
        if (!entering) {
            waiting.addLast(message);
        }
        return target.apply(context, waiting.removeFirst());
    }

    /** The state is about to be read again. */
    void close() {
        open = false;
    }

    /** The state has been read: lets all in, in the order in which they came. */
    void open(ActorRef<ContainerMessage> container) {
        open = true;
        refusal = null;
        waiting.forEach(_ -> container.tell(new ContainerMessage.Enter()));
    }

    /**
     * {@return what those who ask are told from now on, until the state has been read}
     *
     * @param problem why it cannot be read now
     */
    Failure refuse(Throwable problem) {
        Answer.Refused answer = new Answer.Refused(failure(problem));
        open = false;
        refusal = answer;
        waiting.removeIf(message -> {
            ActorRef<Answer> asker = asker(message);
            if (asker != null) {
                asker.tell(answer);
            }
            return asker != null;
        });
        return answer.failure();
    }

    private Failure failure(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailureException told) {
                return told.failure();
            }
        }
        return Refusals.of(
                        name,
                        FailureCode.JOURNAL,
                        "what the journal has of it cannot be read",
                        "See supervisor.log in the data directory")
                .failure();
    }

    private static @Nullable ActorRef<Answer> asker(ContainerMessage message) {
        return switch (message) {
            case ContainerMessage.Ask ask -> ask.replyTo();
            case ContainerMessage.Adopt adopt -> adopt.replyTo();
            case ContainerMessage.Delivered delivered -> delivered.replyTo();
            // What has happened is to be recorded, whoever asked for it.
            case ContainerMessage.FreezerSet _, ContainerMessage.LimitsSet _, ContainerMessage.Tell _ -> null;
            case ContainerMessage.Forget _, ContainerMessage.Stop _ -> null;
            case ContainerMessage.Idle _, ContainerMessage.Enter _ -> null;
        };
    }
}
