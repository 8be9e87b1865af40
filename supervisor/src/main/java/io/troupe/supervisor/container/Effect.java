package io.troupe.supervisor.container;

import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.LimitChange;
import io.troupe.supervisor.process.ProcessIdentity;
import java.util.List;

/** What is done to the world once the facts of a decision are in the journal. All go to the process actor. */
public sealed interface Effect {
    /**
     * Watch a process that was just made, by the pidfd that came with it.
     *
     * @param thenRemoved the intent is in the journal that nothing of it stays once it has ended
     */
    record Watch(ProcessIdentity process, Footprint footprint, boolean thenRemoved) implements Effect {}

    /** Find a process again, or how it ended. */
    record Reattach(ProcessIdentity process, Footprint footprint) implements Effect {}

    /** Let the process execute its program. */
    record Release(Footprint footprint) implements Effect {}

    /** Send a signal and answer whoever asked for it. */
    record SendSignal(int signal, boolean all, Footprint footprint) implements Effect {}

    /** Kill the process; nobody waits for the delivery, only for the end. */
    record KillProcess(Footprint footprint) implements Effect {}

    /**
     * Stop all processes, or let them go on, and answer whoever asked for it.
     *
     * @param frozen whether they are to stop
     */
    record Freeze(boolean frozen, Footprint footprint) implements Effect {}

    /** Let all processes go on, whoever had stopped them; nobody waits for it. */
    record Thaw(Footprint footprint) implements Effect {}

    /** Change limits of the cgroups, and answer whoever asked for it. */
    record SetLimits(List<LimitChange> changes) implements Effect {}

    /** Remove what is on the host. */
    record CleanUp(Footprint footprint) implements Effect {}
}
