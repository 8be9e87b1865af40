package io.troupe.supervisor.container;

import io.troupe.protocol.FailureCode;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Paused;
import io.troupe.supervisor.container.ContainerState.Running;
import io.troupe.supervisor.container.Decision.Verdict;

/**
 * Decisions about stopping all processes and letting them go on. What is journalled is what the freezer did; what a
 * supervisor had not the time to journal, it finds out again.
 */
final class Pausing {
    private Pausing() {}

    static Decision pause(Running state) {
        return freeze(state, true);
    }

    static Decision resume(Paused state) {
        return freeze(state, false);
    }

    private static Decision freeze(Alive state, boolean frozen) {
        return Draft.of(state)
                .effect(new Effect.Freeze(frozen, ContainerKernel.footprint(state)))
                .verdict(new Verdict.OnDelivery());
    }

    static Decision answered(ContainerState state, ContainerCommand.FreezerAnswered answered, Context context) {
        String verb = answered.frozen() ? "pause" : "resume";
        if (answered.problem() != null) {
            return Decision.answer(Refusals.of(
                    context.name(), FailureCode.SYSTEM, "cannot " + verb + ": " + answered.problem(), "Try again"));
        }
        boolean changed = answered.frozen() ? state instanceof Running : state instanceof Paused;
        if (changed) {
            ContainerEvent event = answered.frozen() ? new ContainerEvent.Paused() : new ContainerEvent.Resumed();
            return Draft.of(state).fact(context, context.asked(), event).done();
        }
        return state instanceof Running || state instanceof Paused
                ? ContainerKernel.done()
                : Decision.answer(Refusals.cannot(context.name(), verb, state, ""));
    }
}
