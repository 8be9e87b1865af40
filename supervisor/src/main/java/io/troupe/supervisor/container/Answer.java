package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.supervisor.process.ProcessIdentity;

/** What a container answers, always after what it says is in the journal. */
public sealed interface Answer {
    /** It is done. */
    record Done() implements Answer {}

    /** It is not done. */
    record Refused(Failure failure) implements Answer {}

    /** The id is taken for this incarnation: launch it. */
    record Granted(int incarnation) implements Answer {}

    /** How it is. */
    record Snapshot(ContainerName name, ContainerState.Present state) implements Answer {}

    /** How its process ended. */
    record Ended(ExitCause cause) implements Answer {}

    /**
     * A process may be run in it.
     *
     * @param exec the exec's number, for {@link ContainerCommand.EndExec}
     * @param process the container's own
     */
    record ExecGranted(long exec, ProcessIdentity process, Blueprint blueprint) implements Answer {}
}
