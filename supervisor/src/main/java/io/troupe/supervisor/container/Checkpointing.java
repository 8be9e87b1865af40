package io.troupe.supervisor.container;

import io.troupe.supervisor.container.ContainerState.Alive;
import io.troupe.supervisor.container.ContainerState.Paused;
import io.troupe.supervisor.container.ContainerState.Running;
import io.troupe.supervisor.container.ContainerState.Starting;

/** Decisions about images of a container's processes: they are journalled once they are complete, before it ends. */
final class Checkpointing {
    private Checkpointing() {}

    static Decision checkpointed(ContainerState state, ContainerCommand.Checkpointed done, Context context) {
        boolean hasProgram = state instanceof Running || (state instanceof Paused paused && !paused.atGate());
        if (state instanceof Alive alive && hasProgram) {
            return Draft.of(alive)
                    .fact(context, context.asked(), new ContainerEvent.Checkpointed(done.images(), done.extent()))
                    .done();
        }
        if (done.extent() == Checkpoint.GIVEN_UP) {
            return ContainerKernel.done(); // it was overtaken by its end
        }
        return Decision.answer(
                state instanceof ContainerState.Absent
                        ? Refusals.notFound(context.name())
                        : Refusals.cannot(context.name(), "checkpoint", state, ""));
    }

    static Decision restored(ContainerState state, ContainerCommand.Restored done, Context context) {
        if (state instanceof Starting starting) {
            return Draft.of(starting)
                    .fact(context, Launching.startRequested(starting), new ContainerEvent.Restored(done.images()))
                    .done();
        }
        return state instanceof ContainerState.Creating
                ? Decision.answer(Refusals.cannot(context.name(), "restore", state, ""))
                : ContainerKernel.done(); // it was overtaken by its end
    }
}
