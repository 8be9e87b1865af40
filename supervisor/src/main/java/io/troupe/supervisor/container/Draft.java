package io.troupe.supervisor.container;

import io.troupe.supervisor.container.Decision.Verdict;
import java.util.ArrayList;
import java.util.List;

/** A decision that is being written: counts the sequence numbers, so that a fact can name an earlier one as its cause. */
final class Draft {
    private final int incarnation;
    private long sequence;
    private final List<Fact> facts = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();

    private Draft(long sequence, int incarnation) {
        this.sequence = sequence;
        this.incarnation = incarnation;
    }

    /** A draft about the present incarnation. */
    static Draft of(ContainerState state) {
        return new Draft(state.sequence(), state.incarnation());
    }

    /** A draft about the one that begins with it. */
    static Draft ofNext(ContainerState state) {
        return new Draft(state.sequence(), state.incarnation() + 1);
    }

    Draft fact(Context context, Cause cause, ContainerEvent event) {
        facts.add(new Fact(context.now(), incarnation, cause, event));
        sequence++;
        return this;
    }

    /** Adds a fact whose cause is the one just before it. */
    Draft then(Context context, ContainerEvent event) {
        return fact(context, new Cause.ByEvent(sequence), event);
    }

    Draft effect(Effect effect) {
        effects.add(effect);
        return this;
    }

    Decision nobody() {
        return verdict(new Verdict.Nobody());
    }

    Decision answer(Answer answer) {
        return verdict(new Verdict.Now(answer));
    }

    Decision done() {
        return answer(new Answer.Done());
    }

    Decision later(Milestone milestone) {
        return verdict(new Verdict.Later(milestone));
    }

    Decision verdict(Verdict verdict) {
        return new Decision(facts, effects, verdict);
    }
}
