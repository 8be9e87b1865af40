package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Status;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Ending;
import org.jspecify.annotations.Nullable;

/** States of containers as users see them. */
final class States {
    private States() {}

    static Reply.ContainerState shown(ContainerName name, ContainerState.Present state) {
        Blueprint blueprint = state.life().blueprint();
        Status status = state.status();
        return new Reply.ContainerState(
                name,
                blueprint.ociVersion(),
                status == null ? Status.STOPPED : status,
                state instanceof ContainerState.Alive alive ? alive.process().pid() : 0,
                blueprint.bundle(),
                blueprint.rootfs(),
                blueprint.annotations(),
                state.life().requestedAt(),
                Owners.name(state.life().owner()),
                exit(state));
    }

    private static @Nullable ExitCause exit(ContainerState.Present state) {
        Ending ending = switch (state) {
            case ContainerState.Stopped stopped -> stopped.ending();
            case ContainerState.Deleting deleting -> deleting.ending();
            case ContainerState.Creating _, ContainerState.Alive _ -> null;
        };
        return ending == null ? null : ending.cause();
    }
}
