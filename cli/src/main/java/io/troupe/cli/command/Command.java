package io.troupe.cli.command;

import io.troupe.cli.render.Look;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Request;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/**
 * One command.
 *
 * @param name its word; two words for {@code supervisor stop} and the like
 * @param group the heading it stands under in the overview
 * @param syntax what follows the name, one line for each form
 * @param purpose one sentence
 * @param examples complete command lines
 * @param grammar how its words are split into options and positions
 * @param meaning what they ask for
 */
public record Command(
        String name,
        Group group,
        List<String> syntax,
        String purpose,
        List<String> examples,
        Parser grammar,
        Meaning meaning) {

    /** Headings of the overview. */
    public enum Group {
        /** The OCI operations, and run. */
        LIFE("Containers"),
        /** What happened. */
        STORY("What happened, and why"),
        /** Bundles and this program. */
        OTHER("Bundles, the supervisor, this program"),
        /** For the native client, not for people. */
        HIDDEN("");

        private final String heading;

        Group(String heading) {
            this.heading = heading;
        }

        String heading() {
            return heading;
        }
    }

    /** Makes a request of words. */
    @FunctionalInterface
    public interface Meaning {
        /**
         * {@return what the words ask for}
         *
         * @throws io.troupe.protocol.FailureException USAGE, INVALID_ID or UNSUPPORTED
         */
        Outcome of(Words words, Call call);
    }

    /**
     * Where and how a command was called.
     *
     * @param cwd the caller's working directory, absolute
     */
    public record Call(Globals globals, Look look, String cwd) {
        ContainerName name(String id) {
            return new ContainerName(globals.root(), id);
        }

        String path(String given) {
            return Paths.absolute(cwd, given);
        }

        Outcome ask(Request request) {
            return new Outcome.Ask(request, look);
        }
    }

    /** {@return what {@code args} ask of this command}; {@code args} do not hold its name */
    public Outcome parse(List<String> args, Call call) {
        Words words = grammar.parse(args);
        if (words.has(Flags.HELP)) {
            return new Outcome.Say(Help.of(this, call.look().width()));
        }
        return meaning.of(words, call);
    }

    CommandSpec spec() {
        return grammar.newSpec();
    }
}
