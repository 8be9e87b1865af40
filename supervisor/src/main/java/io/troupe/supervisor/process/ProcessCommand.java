package io.troupe.supervisor.process;

import io.troupe.syscall.Pidfd;
import org.apache.pekko.actor.typed.ActorRef;

/** What the process actor of a container can be asked. It answers with {@link ProcessReport}s to its owner. */
public sealed interface ProcessCommand {
    /** Watches a process that was just made. The actor owns {@code pidfd} from here on and closes it. */
    record Watch(ProcessIdentity process, Pidfd pidfd) implements ProcessCommand {}

    /** After a restart: finds the process again, or finds out how it ended. */
    record Reattach(ProcessIdentity process, Footprint footprint) implements ProcessCommand {}

    /**
     * Sends a signal and answers whether it was delivered.
     *
     * @param signal 0 to 64
     * @param all to every process of the container's cgroups
     */
    record Signal(int signal, boolean all, Footprint footprint, ActorRef<Delivery> replyTo) implements ProcessCommand {}

    /** Lets a created container's process execute its program, through the start socket. */
    record Release(Footprint footprint) implements ProcessCommand {}

    /** Ends whatever still runs of the footprint and removes it. Idempotent. */
    record CleanUp(Footprint footprint) implements ProcessCommand {}

    /** Internal to the actor: what the event loop saw. */
    record Observed(Object what) implements ProcessCommand {}
}
