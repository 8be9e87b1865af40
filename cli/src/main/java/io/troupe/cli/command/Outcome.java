package io.troupe.cli.command;

import io.troupe.cli.render.Look;
import io.troupe.protocol.Request;

/** What a command line comes to. */
public sealed interface Outcome {
    /** Text for standard output, and no question. */
    record Say(String text) implements Outcome {}

    /**
     * A question.
     *
     * @param look how the answer is wanted
     */
    record Ask(Request request, Look look) implements Outcome {}
}
