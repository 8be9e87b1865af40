package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.supervisor.process.Delivery;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of every refusal. Container engines read two of them, in this very spelling. {@code does not exist}: the
 * container is gone (containerd at kill and delete, podman 4 at state). {@code no such process}: its process is gone
 * (containerd at kill, CRI-O at kill, pause, resume and update). Neither may be said where it is not so.
 */
final class Refusals {
    private Refusals() {}

    static Answer.Refused of(ContainerName name, FailureCode code, String what, String remedy) {
        return new Answer.Refused(new Failure(code, "container " + name, what, remedy));
    }

    static Answer.Refused notFound(ContainerName name) {
        return of(name, FailureCode.NOT_FOUND, "it does not exist", "See \"troupe list\"");
    }

    static Answer.Refused taken(ContainerName name, ContainerState state) {
        return of(
                name,
                FailureCode.ALREADY_EXISTS,
                "cannot create: the id is taken by a container that " + predicate(state),
                "Delete that one first, or use another id");
    }

    static Answer.Refused cannot(ContainerName name, String verb, ContainerState state, String remedy) {
        return of(name, FailureCode.WRONG_STATE, "cannot " + verb + ": it " + predicate(state), remedy);
    }

    static Answer.Refused noProcess(ContainerName name, ContainerState state, String remedy) {
        String what = "cannot kill: it " + predicate(state) + ", there is no such process";
        return of(name, FailureCode.WRONG_STATE, what, remedy);
    }

    /** runtime.md, "Start": an error if {@code process} was not set. */
    static Answer.Refused noProgram(ContainerName name) {
        return of(
                name,
                FailureCode.INVALID_BUNDLE,
                "cannot start: its configuration has no process",
                "Delete it and create it with process.args and process.cwd");
    }

    static Answer.Refused givenUp(ContainerName name) {
        return of(name, FailureCode.WRONG_STATE, "cannot create: this launch was given up", "Create it again");
    }

    static Answer.Refused neverLived(ContainerName name) {
        return of(
                name,
                FailureCode.WRONG_STATE,
                "cannot wait: it never had a process",
                "See \"troupe why " + name.id() + "\"");
    }

    static Answer.Refused leftovers(ContainerName name, String verb, List<String> lines) {
        String what = "cannot " + verb + ": what it left could not be removed: " + String.join("; ", lines);
        return of(name, FailureCode.SYSTEM, what, "Remove that, then delete it again");
    }

    static Answer.Refused notItsProcess(ContainerName name, int pid) {
        return of(name, FailureCode.WRONG_STATE, "process " + pid + " is not its own", "");
    }

    /** {@return the answer to a kill once the signal has gone out, or has not} */
    static Answer delivery(ContainerName name, @Nullable Delivery delivery, Duration deadline) {
        return switch (delivery) {
            case null ->
                of(
                        name,
                        FailureCode.TIMEOUT,
                        "cannot kill: nothing was heard of the signal for " + deadline.toSeconds() + " s",
                        "Try again");
            case Delivery.Sent _ -> new Answer.Done();
            case Delivery.Gone _ ->
                of(name, FailureCode.WRONG_STATE, "cannot kill: it has just ended, there is no such process", "");
            case Delivery.Refused(String message) -> of(name, FailureCode.SYSTEM, "cannot kill: " + message, "");
        };
    }

    /** {@return what is said of a container in this state, after "it" or "that"} */
    static String predicate(ContainerState state) {
        return switch (state) {
            case ContainerState.Absent _ -> "does not exist";
            case ContainerState.Creating _ -> "is being created";
            case ContainerState.Created _ -> "is created";
            case ContainerState.Starting _ -> "is starting";
            case ContainerState.Running _ -> "is running";
            case ContainerState.Paused _ -> "is paused";
            case ContainerState.Stopped _ -> "is stopped";
            case ContainerState.Deleting deleting ->
                deleting.leftovers().isEmpty() ? "is being deleted" : "could not be deleted entirely";
        };
    }
}
