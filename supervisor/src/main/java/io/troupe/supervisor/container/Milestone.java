package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import org.jspecify.annotations.Nullable;

/** What an asker may wait for. */
public enum Milestone {
    /** The program runs, or cannot. */
    STARTED,
    /** The process has ended. */
    ENDED,
    /** Nothing is left, or something cannot be removed. */
    DELETED;

    /** {@return the answer that this fact brings to whoever waits for this; null if it brings none} */
    @Nullable
    Answer reached(ContainerName name, Fact fact) {
        return switch (this) {
            case STARTED -> started(name, fact.event());
            case ENDED -> ended(name, fact.event());
            case DELETED -> deleted(name, fact.event());
        };
    }

    private static @Nullable Answer started(ContainerName name, ContainerEvent event) {
        return switch (event) {
            case ContainerEvent.Started _ -> new Answer.Done();
            case ContainerEvent.StartFailed(var failure) -> new Answer.Refused(failure);
            case ContainerEvent.Exited(var _, var cause, var _) ->
                Refusals.of(
                        name,
                        FailureCode.SYSTEM,
                        "cannot start: its process ended before its program ran: " + Narrative.ended(cause),
                        "Delete it and create it again");
            case ContainerEvent.DeleteRequested _ ->
                Refusals.of(name, FailureCode.WRONG_STATE, "cannot start: it is being deleted", "Create it again");
            default -> null;
        };
    }

    private static @Nullable Answer ended(ContainerName name, ContainerEvent event) {
        return switch (event) {
            case ContainerEvent.Exited(var _, var cause, var _) -> new Answer.Ended(cause);
            case ContainerEvent.CreateFailed _, ContainerEvent.Interrupted _ -> Refusals.neverLived(name);
            default -> null;
        };
    }

    private static @Nullable Answer deleted(ContainerName name, ContainerEvent event) {
        return switch (event) {
            case ContainerEvent.Deleted _ -> new Answer.Done();
            case ContainerEvent.Leftovers(var lines) -> Refusals.leftovers(name, "delete", lines);
            default -> null;
        };
    }
}
