package io.troupe.supervisor.container;

import static io.troupe.supervisor.container.ContainerKernel.done;

import io.troupe.protocol.FailureCode;
import io.troupe.supervisor.container.ContainerState.Absent;
import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Created;
import io.troupe.supervisor.container.ContainerState.Creating;
import io.troupe.supervisor.container.ContainerState.Deleting;
import io.troupe.supervisor.container.ContainerState.Paused;
import io.troupe.supervisor.container.ContainerState.Running;
import io.troupe.supervisor.container.ContainerState.Starting;
import io.troupe.supervisor.container.ContainerState.Stopped;
import io.troupe.supervisor.container.Decision.Verdict;

/**
 * Decisions about stopping all processes and letting them go on. What is journalled is what the freezer did; what a
 * supervisor had not the time to journal, it finds out again.
 */
final class Pausing {
    private Pausing() {}

    static Decision pause(Alive state) {
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
        return switch (state) {
            case Created _, Running _ ->
                answered.frozen() ? record(state, new ContainerEvent.Paused(), context) : done();
            case Paused _ -> answered.frozen() ? done() : record(state, new ContainerEvent.Resumed(), context);
            case Starting starting when answered.frozen() -> overtaken(starting, context);
            case Starting _, Absent _, Creating _, Stopped _, Deleting _ ->
                Decision.answer(Refusals.cannot(context.name(), verb, state, ""));
        };
    }

    private static Decision record(ContainerState state, ContainerEvent event, Context context) {
        return Draft.of(state).fact(context, context.asked(), event).done();
    }

    /** A start came between; a process that is frozen would not pass its gate. */
    private static Decision overtaken(Starting state, Context context) {
        return Draft.of(state)
                .effect(new Effect.Thaw(ContainerKernel.footprint(state)))
                .answer(Refusals.cannot(context.name(), "pause", state, "Wait until it runs"));
    }
}
