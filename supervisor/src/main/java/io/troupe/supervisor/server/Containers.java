package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.ContainerMessage;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.process.ProcessIdentity;
import io.troupe.supervisor.registry.Registry;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.japi.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the actors of containers and waits for their answers, as straight-line code wants it. */
final class Containers {
    /** Persisting, cleaning up: long only if the disk or the kernel hangs. */
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(Containers.class);

    private final Registry registry;
    private final ActorSystem<?> system;

    Containers(Registry registry, ActorSystem<?> system) {
        this.registry = registry;
        this.system = system;
    }

    /**
     * {@return the container's answer to what a client asks}
     *
     * @param word of the command line, for the journal
     * @param deadline how long the answer may take
     * @throws FailureException if it refuses, or gives no answer in time
     */
    Answer ask(Session session, ContainerName name, ContainerCommand command, String word, Duration deadline)
            throws ClientGone {
        ActorRef<ContainerMessage> container = registry.container(name);
        AtomicReference<ActorRef<Answer>> asker = new AtomicReference<>();
        Function<ActorRef<Answer>, ContainerMessage> message = replyTo -> {
            asker.set(replyTo);
            return new ContainerMessage.Ask(command, session.peer(), word, replyTo);
        };
        CompletionStage<Answer> answer = AskPattern.ask(container, message, deadline, system.scheduler());
        try {
            return accepted(session.await(answer, "container " + name, deadline));
        } finally {
            if (!answer.toCompletableFuture().isDone()) {
                container.tell(new ContainerMessage.Forget(asker.get()));
            }
        }
    }

    /** The same, for what the kernel and the disk alone decide how long it takes. */
    Answer ask(Session session, ContainerName name, ContainerCommand command, String word) throws ClientGone {
        return ask(session, name, command, word, SOON);
    }

    /** Kills all of a container and waits for its end, if it has not ended by itself. */
    void stop(Session session, ContainerName name, String word) throws ClientGone {
        try {
            ask(session, name, new ContainerCommand.Kill(Signals.SIGKILL, true), word);
            ask(session, name, new ContainerCommand.AwaitExit(), word);
        } catch (FailureException ended) {
            LOG.debug("container {} could not be stopped: {}", name, ended.getMessage()); // it had ended
        }
    }

    /** Hands a new process over: with it goes the pidfd, which is closed if the container does not take it. */
    void adopt(Session session, ContainerName name, ProcessIdentity process, Pidfd pidfd) throws ClientGone {
        boolean taken = false;
        try {
            CompletionStage<Answer> answer =
                    send(name, SOON, replyTo -> new ContainerMessage.Adopt(process, pidfd, replyTo));
            accepted(session.await(answer, "container " + name, SOON));
            taken = true;
        } finally {
            if (!taken) {
                pidfd.close();
            }
        }
    }

    /**
     * The same, whether or not the client is still there.
     *
     * @throws FailureException if it refuses, or gives no answer in time
     */
    Answer settle(Session session, ContainerName name, ContainerCommand command, String word) {
        return settled(name, asked(session, name, command, word));
    }

    /** {@return what {@link #settled} waits for: the first half of {@link #settle}, for who has something else to do} */
    CompletionStage<Answer> asked(Session session, ContainerName name, ContainerCommand command, String word) {
        return send(name, SOON, replyTo -> new ContainerMessage.Ask(command, session.peer(), word, replyTo));
    }

    /**
     * {@return the answer to what was {@link #asked}}
     *
     * @throws FailureException if it refuses, or gives no answer in time
     */
    Answer settled(ContainerName name, CompletionStage<Answer> asked) {
        try {
            return accepted(asked.toCompletableFuture().join());
        } catch (CompletionException problem) {
            throw new FailureException(
                    FailureCode.TIMEOUT,
                    "container " + name,
                    "it did not answer within " + SOON.toSeconds() + " s",
                    "See supervisor.log in the data directory");
        }
    }

    /**
     * Has the container's actor read its journal while we do other things, because it will be asked soon.
     *
     * @throws FailureException TIMEOUT, if the actor is stopping and does not end
     */
    void expect(ContainerName name) {
        registry.container(name);
    }

    /** {@return the container's answer, whenever it comes, if it comes} */
    CompletionStage<Answer> later(Session session, ContainerName name, ContainerCommand command, String word) {
        return send(
                name, Mailbox.FOR_EVER, replyTo -> new ContainerMessage.Ask(command, session.peer(), word, replyTo));
    }

    /**
     * {@return whether its process has ended, as the kernel shows it, and its actor has not recorded that yet}
     *
     * @throws IOException if the kernel does not say
     */
    boolean hasJustEnded(ContainerName name) throws IOException {
        return registry.find(name).orElse(null) instanceof ContainerState.Alive alive
                && !Machinery.isStill(alive.process());
    }

    /** {@return whether there is such a container, in whatever state} */
    boolean isThere(ContainerName name) {
        return registry.find(name).isPresent();
    }

    /** {@return those of a namespace of ids in whose id the pattern is found} */
    List<ContainerName> matching(String root, String pattern) {
        Predicate<String> found = Pattern.compile(pattern).asPredicate();
        return registry.list(root).stream()
                .map(Registry.Entry::name)
                .filter(name -> found.test(name.id()))
                .toList();
    }

    /** Tells a container something that it does not answer. */
    void tell(ContainerName name, ContainerCommand command) {
        registry.container(name).tell(new ContainerMessage.Tell(command));
    }

    private CompletionStage<Answer> send(
            ContainerName name, Duration deadline, Function<ActorRef<Answer>, ContainerMessage> message) {
        return AskPattern.ask(registry.container(name), message, deadline, system.scheduler());
    }

    private static Answer accepted(Answer answer) {
        if (answer instanceof Answer.Refused(Failure failure)) {
            throw new FailureException(failure);
        }
        return answer;
    }
}
