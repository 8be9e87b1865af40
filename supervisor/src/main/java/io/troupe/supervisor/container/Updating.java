package io.troupe.supervisor.container;

import io.troupe.protocol.FailureCode;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.Decision.Verdict;
import io.troupe.supervisor.process.LimitChange;
import java.util.List;

/** Decisions about new limits. Which they are, the kernel knows; the journal says who changed them to what. */
final class Updating {
    private Updating() {}

    static Decision update(Alive state, ContainerCommand.Update update) {
        return Draft.of(state).effect(new Effect.SetLimits(update.changes())).verdict(new Verdict.OnDelivery());
    }

    static Decision answered(ContainerState state, ContainerCommand.LimitsAnswered answered, Context context) {
        if (answered.problem() != null) {
            return Decision.answer(
                    Refusals.of(context.name(), FailureCode.SYSTEM, "cannot update: " + answered.problem(), ""));
        }
        ContainerEvent event = new ContainerEvent.Updated(answered.changes().stream()
                .map(LimitChange::lines)
                .flatMap(List::stream)
                .toList());
        return state instanceof Alive
                ? Draft.of(state).fact(context, context.asked(), event).done()
                : Decision.answer(Refusals.cannot(context.name(), "update", state, ""));
    }
}
