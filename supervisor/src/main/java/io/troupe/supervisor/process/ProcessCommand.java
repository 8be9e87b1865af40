package io.troupe.supervisor.process;

import io.troupe.syscall.Pidfd;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What the process actor of a container can be asked. It answers with {@link ProcessReport}s to its owner. */
public sealed interface ProcessCommand {
    /** Watches a process that was just made. The actor owns {@code pidfd} from here on and closes it. */
    record Watch(ProcessIdentity process, Footprint footprint, boolean thenRemoved, Pidfd pidfd)
            implements ProcessCommand {}

    /** After a restart: finds the process again, or finds out how it ended. */
    record Reattach(ProcessIdentity process, Footprint footprint) implements ProcessCommand {}

    /**
     * Sends a signal and answers whether it was delivered.
     *
     * @param signal 0 to 64
     * @param all to every process of the container's cgroups
     */
    record Signal(int signal, boolean all, Footprint footprint, ActorRef<Delivery> replyTo) implements ProcessCommand {}

    /**
     * Stops all processes of the container, or lets them go on, and answers a {@link FreezerAnswer}.
     *
     * @param frozen whether they are to stop
     */
    record Freeze(boolean frozen, Footprint footprint, ActorRef<FreezerAnswer> replyTo) implements ProcessCommand {}

    /** Changes limits of the container's cgroups, all or none as far as the kernel lets it: {@link LimitsAnswer}. */
    record SetLimits(List<LimitChange> changes, ActorRef<LimitsAnswer> replyTo) implements ProcessCommand {
        public SetLimits {
            changes = List.copyOf(changes);
        }
    }

    /** Lets a created container's process execute its program, through the start socket. */
    record Release(Footprint footprint) implements ProcessCommand {}

    /** Ends whatever still runs of the footprint and removes it. Idempotent. */
    record CleanUp(Footprint footprint) implements ProcessCommand {}

    /** Internal: the watched process has ended, or its parent has waited for it. */
    record PidfdReady(ProcessIdentity process, boolean waitedFor) implements ProcessCommand {}

    /** Internal: the parent of an ended process has not waited for it in time. */
    record ExitOverdue(ProcessIdentity process) implements ProcessCommand {}

    /** Internal: a removal that nobody had asked for yet has this outcome. */
    record RemovedAhead(List<String> leftovers) implements ProcessCommand {}

    /** Internal: work that was done elsewhere has this outcome for the owner. */
    record Report(ProcessReport report) implements ProcessCommand {}
}
