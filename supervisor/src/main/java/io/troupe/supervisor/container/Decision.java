package io.troupe.supervisor.container;

import java.util.List;

/**
 * What a command comes to.
 *
 * @param facts persisted together, in order; may be empty
 * @param effects done once the facts are in the journal
 * @param verdict what becomes of the asker
 */
public record Decision(List<Fact> facts, List<Effect> effects, Verdict verdict) {
    public Decision {
        facts = List.copyOf(facts);
        effects = List.copyOf(effects);
    }

    static Decision only(Verdict verdict) {
        return new Decision(List.of(), List.of(), verdict);
    }

    static Decision answer(Answer answer) {
        return only(new Verdict.Now(answer));
    }

    /** What becomes of the asker. */
    public sealed interface Verdict {
        /** An answer once the facts are in the journal. */
        record Now(Answer answer) implements Verdict {}

        /** An answer when something else has happened. */
        record Later(Milestone milestone) implements Verdict {}

        /** The command is decided anew once the container is neither being created nor being deleted. */
        record Postponed() implements Verdict {}

        /** An answer when it is known what became of its effect. */
        record OnDelivery() implements Verdict {}

        /** Nobody asked. */
        record Nobody() implements Verdict {}
    }
}
