package io.troupe.supervisor.container;

import io.troupe.protocol.Peer;
import io.troupe.supervisor.process.Delivery;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.syscall.Pidfd;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What the actor of a container receives: commands, and who waits for their answers. */
public sealed interface ContainerMessage {
    /**
     * A command of somebody who gets exactly one answer, unless the supervisor ends before.
     *
     * @param word of the command line, for the journal
     */
    record Ask(ContainerCommand command, Peer who, String word, ActorRef<Answer> replyTo) implements ContainerMessage {}

    /** A command that nobody waits for. */
    record Tell(ContainerCommand command) implements ContainerMessage {}

    /**
     * {@link ContainerCommand.Launched}, with the process's pidfd. With {@link Answer.Done} the container owns the pidfd;
     * with {@link Answer.Refused} it stays the sender's.
     */
    record Adopt(ProcessIdentity process, Pidfd pidfd, ActorRef<Answer> replyTo) implements ContainerMessage {}

    /** Whoever asked this way has left, or was told that it took too long: no answer is due any more. */
    record Forget(ActorRef<Answer> replyTo) implements ContainerMessage {}

    /** Asks it to stop, after {@link ContainerObserver#idle}. It does, or says {@link ContainerObserver#busy}. */
    record Stop() implements ContainerMessage {}

    /**
     * Internal: what became of a signal.
     *
     * @param delivery null if the process actor did not say in time
     * @param replyTo null for the kill of a forced delete
     */
    record Delivered(
            int signal,
            @Nullable Delivery delivery,
            @Nullable ActorRef<Answer> replyTo) implements ContainerMessage {}

    /**
     * Internal: what became of {@link Effect.Freeze}.
     *
     * @param problem see {@link ContainerCommand.FreezerAnswered}
     * @param who asked for it
     */
    record FreezerSet(
            boolean frozen,
            @Nullable String problem,
            Cause.@Nullable ByPeer who,
            @Nullable ActorRef<Answer> replyTo) implements ContainerMessage {}

    /** Internal: one who waited in front of it may come in. */
    record Enter() implements ContainerMessage {}

    /**
     * Internal: what became of {@link Effect.SetLimits}.
     *
     * @param answer see {@link ContainerCommand.LimitsAnswered}
     * @param who asked for it
     */
    record LimitsSet(
            ContainerCommand.LimitsAnswered answer,
            Cause.@Nullable ByPeer who,
            @Nullable ActorRef<Answer> replyTo) implements ContainerMessage {}

    /** Internal: nothing was received for a while. */
    record Idle() implements ContainerMessage {}
}
