package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.process.ProcessCommand;
import io.troupe.supervisor.process.ProcessReport;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/** Makes the process actor of a container. */
@FunctionalInterface
public interface ProcessFactory {
    /** {@return a child of {@code parent} that reports to {@code owner}} */
    ActorRef<ProcessCommand> spawn(ActorContext<?> parent, ContainerName name, ActorRef<ProcessReport> owner);
}
