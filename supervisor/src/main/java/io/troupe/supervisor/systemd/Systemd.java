package io.troupe.supervisor.systemd;

import java.util.List;

/**
 * The systemd that the supervisor's user has: the system's for root, else the user's own. All of it blocks, at most for
 * some tens of seconds, and is for threads that may.
 */
public interface Systemd {
    /**
     * {@return the cgroup that its units are below, beginning with "/"; "" for the root}
     *
     * @throws io.troupe.protocol.FailureException SYSTEM, if there is no systemd or it does not answer
     */
    String cgroup();

    /**
     * {@return whether it has a unit of this name, in whatever state}
     *
     * @throws io.troupe.protocol.FailureException SYSTEM, if there is no systemd or it does not answer
     */
    boolean has(String unit);

    /**
     * Has a new scope made with one process in it, and waits until it is there.
     *
     * @param pid as this process sees it
     * @throws io.troupe.protocol.FailureException SYSTEM, with what systemd says
     */
    void start(Scope scope, int pid);

    /**
     * Sets properties of a unit until it ends, and waits until they hold.
     *
     * @throws io.troupe.protocol.FailureException SYSTEM, with what systemd says
     */
    void set(String unit, List<Property> properties);

    /**
     * Ends a unit and forgets it. No failure if there is none.
     *
     * @throws io.troupe.protocol.FailureException SYSTEM, with what systemd says
     */
    void stop(String unit);
}
