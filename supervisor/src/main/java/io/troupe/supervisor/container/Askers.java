package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Who waits for an answer of a container. Not state: after a restart of the supervisor nobody waits. */
final class Askers {
    /** More wait only if something floods us. */
    static final int LIMIT = 1024;

    private record Waiting(Milestone milestone, ActorRef<Answer> replyTo) {}

    private final ContainerName name;
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<ContainerMessage.Ask> postponed = new ArrayList<>();
    private @Nullable ActorRef<Answer> inFlight;

    Askers(ContainerName name) {
        this.name = name;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && postponed.isEmpty() && inFlight == null;
    }

    /** Remembers whose command is being persisted. */
    void persisting(@Nullable ActorRef<Answer> replyTo) {
        inFlight = replyTo;
    }

    void await(Milestone milestone, ActorRef<Answer> replyTo) {
        if (waiting.size() >= LIMIT) {
            replyTo.tell(tooMany());
        } else {
            waiting.add(new Waiting(milestone, replyTo));
        }
    }

    /** Lets go of who has left. What was asked goes on. */
    void forget(ActorRef<Answer> replyTo) {
        if (waiting.removeIf(one -> one.replyTo().equals(replyTo))) {
            replyTo.tell(new Answer.Done()); // whose stand-in among the actors lives until it is told something
        }
    }

    void postpone(ContainerMessage.Ask ask) {
        if (postponed.size() >= LIMIT) {
            ask.replyTo().tell(tooMany());
        } else {
            postponed.add(ask);
        }
    }

    /** Answers those who waited for one of these facts. */
    void committed(List<Fact> facts) {
        inFlight = null;
        facts.forEach(this::reached);
    }

    private void reached(Fact fact) {
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting one = each.next();
            Answer answer = one.milestone().reached(name, fact);
            if (answer != null) {
                each.remove();
                one.replyTo().tell(answer);
            }
        }
    }

    /** {@return the postponed commands, which are forgotten here} */
    List<ContainerMessage.Ask> takePostponed() {
        List<ContainerMessage.Ask> taken = List.copyOf(postponed);
        postponed.clear();
        return taken;
    }

    /** Tells everybody that the journal could not be written. */
    void journalFailed() {
        Answer answer = Refusals.of(
                name,
                FailureCode.JOURNAL,
                "the journal could not be written; the container is as it was",
                "See the supervisor's log, make room if the disk is full, then try again");
        if (inFlight != null) {
            inFlight.tell(answer);
            inFlight = null;
        }
        waiting.forEach(one -> one.replyTo().tell(answer));
        waiting.clear();
        takePostponed().forEach(ask -> ask.replyTo().tell(answer));
    }

    private Answer tooMany() {
        return Refusals.of(
                name, FailureCode.WRONG_STATE, LIMIT + " callers wait for it already", "Try again when it has settled");
    }
}
