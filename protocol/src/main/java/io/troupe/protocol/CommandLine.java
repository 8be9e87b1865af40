package io.troupe.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the words of a command line into a request, and replies into text. Implementations are found by
 * {@link java.util.ServiceLoader}, do no input or output, and may be called from any thread.
 */
public interface CommandLine {

    /** {@return what the words ask for} */
    Parsed parse(Invocation invocation);

    /**
     * A call of the command.
     *
     * @param args argv without the program's name
     * @param cwd the caller's working directory, absolute
     * @param environment the variables that the client passes on
     * @param terminals which of descriptors 0, 1, 2 are terminals
     * @param columns width of the caller's terminal, 0 if unknown
     */
    record Invocation(
            List<String> args, String cwd, Map<String, String> environment, List<Boolean> terminals, int columns) {}

    /** What the words ask for. */
    sealed interface Parsed {
        /** Nothing to ask a supervisor: help, a version, a completion script. */
        record Answer(Rendering rendering) implements Parsed {}

        /**
         * A wrong command line, or one that asks for what is not served.
         *
         * @param renderer makes text of {@code new Reply.Failed(failure)}, as it does of any other failure
         * @param log where {@code --log} wants the failure written as well; null for nowhere
         */
        record Refused(
                Failure failure,
                Renderer renderer,
                @Nullable LogTarget log) implements Parsed {}

        /**
         * A request.
         *
         * @param renderer makes text of each reply
         * @param log where {@code --log} wants failures written as well; null for nowhere
         */
        record Ask(
                Request request,
                Renderer renderer,
                @Nullable LogTarget log) implements Parsed {}
    }

    /**
     * Where {@code --log} points: {@link Renderer#logged} goes there, in a file in the form of {@link Renderer#logLine}.
     */
    sealed interface LogTarget {
        /**
         * A file that is appended to.
         *
         * @param path absolute
         */
        record File(String path) implements LogTarget {}

        /**
         * systemd's journal.
         *
         * @param identifier SYSLOG_IDENTIFIER of the entries
         */
        record Journald(String identifier) implements LogTarget {}

        /**
         * The host's syslog (syslog(3)).
         *
         * @param identifier what its lines begin with
         */
        record Syslog(String identifier) implements LogTarget {}
    }

    /** How much something matters; logrus' words. */
    enum Level {
        ERROR("error", 3),
        WARNING("warning", 4),
        DEBUG("debug", 7);

        private final String word;
        private final int priority;

        Level(String word, int priority) {
            this.word = word;
            this.priority = priority;
        }

        /** {@return the word} */
        public String word() {
            return word;
        }

        /** {@return the priority of syslog(3)} */
        public int priority() {
            return priority;
        }
    }

    /**
     * What is said of a failure where {@code --log} points.
     *
     * @param message one line
     */
    record Logged(Level level, String message) {}

    /** Makes text of replies. */
    interface Renderer {
        /** {@return whether {@code --log-level} asks for what is of this level} */
        boolean tells(Level level);

        /** {@return the text of one reply; the stream or command ends where an exit code is given} */
        Rendering render(Reply reply);

        /** {@return what is logged of a failure, as far as {@code --log-level} asks for it} */
        List<Logged> logged(Failure failure);

        /** {@return the line of a file in runc's form, with its line feed: level, msg and time, as {@code --log-format} says} */
        String logLine(Logged logged, Instant at);
    }

    /**
     * Text for the caller.
     *
     * @param out for standard output
     * @param err for standard error
     * @param exitCode 0 to 255 to end with; null to go on
     */
    record Rendering(String out, String err, @Nullable Integer exitCode) {}
}
