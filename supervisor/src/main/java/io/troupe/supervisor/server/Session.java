package io.troupe.supervisor.server;

import io.troupe.protocol.CommandLine;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Peer;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.protocol.wire.FrameType;
import io.troupe.protocol.wire.Hello;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client from its first words to its exit code, on a virtual thread of its own. */
final class Session implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Duration FIRST_WORDS = Duration.ofSeconds(10);

    private final ClientChannel channel;
    private final Mailbox mailbox;
    private final CommandLine commandLine;
    private final Requests requests;
    private Peer peer;
    private @Nullable Hello hello;
    private @Nullable Voice voice;

    Session(ClientChannel channel, Mailbox mailbox, CommandLine commandLine, Requests requests) {
        this.channel = channel;
        this.mailbox = mailbox;
        this.commandLine = commandLine;
        this.requests = requests;
        this.peer = channel.peer();
    }

    @Override
    public void run() {
        try (channel) {
            serve();
        } catch (ClientGone reason) {
            LOG.debug("client pid {} left: {}", peer.pid(), reason.getMessage());
        }
    }

    /** {@return who asks, with the words of the command} */
    Peer peer() {
        return peer;
    }

    /** {@return the caller's terminal, rows and columns; 0 and 0 without one} */
    int[] terminalSize() {
        return hello == null ? new int[2] : new int[] {hello.rows(), hello.columns()};
    }

    /** {@return a variable of the caller's environment, of those that the client passes on; null without it} */
    @Nullable
    String variable(String name) {
        return hello == null ? null : hello.variable(name);
    }

    /** {@return what the stage completes with; see {@link Mailbox#await}} */
    <T> T await(CompletionStage<T> stage, String what, Duration deadline) throws ClientGone {
        return mailbox.await(stage, what, deadline);
    }

    /** {@return the client's next frame; see {@link Mailbox#take}} */
    Frame frame(String what, Duration deadline) throws ClientGone {
        return mailbox.take(what, deadline);
    }

    /** {@return the connection} */
    ClientChannel channel() {
        return channel;
    }

    private void serve() throws ClientGone {
        CommandLine.Invocation invocation;
        Hello words;
        try {
            words = hello();
            hello = words;
            peer = CallerWords.named(channel.peer(), words.args());
            invocation = invocation(words);
        } catch (FailureException problem) {
            channel.sendText(FrameType.ERR, "troupe: " + problem.failure().line() + "\n");
            channel.sendExit(problem.failure().code().exitStatus());
            return;
        }
        switch (commandLine.parse(invocation)) {
            case CommandLine.Parsed.Answer(var rendering) -> write(rendering);
            case CommandLine.Parsed.Refused(var failure, var renderer, var log) ->
                write(new Voice(renderer, log), new Reply.Failed(failure));
            case CommandLine.Parsed.Ask(var request, var renderer, var log) ->
                answer(request, words, new Voice(renderer, log));
        }
    }

    /** Tells the caller of what is not as wanted, where {@code --log} points, or else on standard error. */
    void warn(List<String> lines) throws ClientGone {
        for (String line : lines) {
            LOG.warn("{}", line);
            String problem = voice == null || voice.log() == null
                    ? "troupe: warning: " + line + "\n"
                    : FailureLog.OF_THIS_HOST.warn(voice.log(), line, voice.renderer());
            channel.sendText(FrameType.ERR, problem);
        }
    }

    /** Tells the same way of what is well and yet good to know, if {@code --log-level} asks for it. */
    void remark(Supplier<List<String>> lines) throws ClientGone {
        if (voice != null && voice.renderer().tells(CommandLine.Level.WARNING)) {
            warn(lines.get());
        }
    }

    /** How the caller wants to be told. */
    private record Voice(CommandLine.Renderer renderer, CommandLine.@Nullable LogTarget log) {}

    private Hello hello() throws ClientGone {
        Frame first = mailbox.take("client", FIRST_WORDS);
        if (first.type() != FrameType.HELLO) {
            first.discard();
            throw new FailureException(
                    FailureCode.USAGE, "client", "its first frame is " + first.type(), "Use the troupe command");
        }
        return Hello.decode(first.payload());
    }

    private static CommandLine.Invocation invocation(Hello hello) {
        if (hello.args().isEmpty()) {
            throw new FailureException(FailureCode.USAGE, "client", "it sent no words", "Use the troupe command");
        }
        Map<String, String> environment = new HashMap<>();
        for (String variable : hello.environment()) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                environment.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        int terminals = hello.terminals();
        return new CommandLine.Invocation(
                hello.args().subList(1, hello.args().size()),
                hello.cwd(),
                environment,
                List.of((terminals & 1) != 0, (terminals & 2) != 0, (terminals & 4) != 0),
                hello.columns());
    }

    private void answer(Request request, Hello words, Voice voice) throws ClientGone {
        this.voice = voice;
        try {
            if (requests.admits(request, words, this)) {
                requests.handle(request, this, reply -> write(voice, reply));
            }
        } catch (FailureException problem) {
            write(voice, new Reply.Failed(problem.failure()));
        } catch (RuntimeException defect) {
            LOG.error("defect while serving {}", request.getClass().getSimpleName(), defect);
            write(
                    voice,
                    new Reply.Failed(new Failure(
                            FailureCode.INTERNAL,
                            "supervisor",
                            "a defect of Troupe stopped this command",
                            "See supervisor.log in the data directory, and report it")));
        }
    }

    private void write(Voice voice, Reply reply) throws ClientGone {
        if (reply instanceof Reply.Failed(Failure failure) && voice.log() != null) {
            String problem = FailureLog.OF_THIS_HOST.write(voice.log(), failure, voice.renderer());
            channel.sendText(FrameType.ERR, problem);
        }
        write(voice.renderer().render(reply));
    }

    private void write(CommandLine.Rendering rendering) throws ClientGone {
        channel.sendText(FrameType.OUT, rendering.out());
        channel.sendText(FrameType.ERR, rendering.err());
        if (rendering.exitCode() != null) {
            channel.sendExit(rendering.exitCode());
        }
    }
}
