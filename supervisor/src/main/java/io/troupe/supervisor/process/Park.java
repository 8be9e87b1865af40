package io.troupe.supervisor.process;

import io.troupe.syscall.Pidfd;
import java.util.Optional;

/** Where pidfds are kept beyond the supervisor's life, so that the next one learns how processes ended meanwhile. */
public interface Park {
    /** Keeps a duplicate of the pidfd, which stays the caller's. Never fails: without it an exit may stay unknown. */
    void put(ProcessIdentity process, Pidfd pidfd);

    /** Forgets a process whose end is known. */
    void drop(ProcessIdentity process);

    /** {@return the pidfd that an earlier supervisor put, once; owned by the caller} */
    Optional<Pidfd> take(ProcessIdentity process);
}
