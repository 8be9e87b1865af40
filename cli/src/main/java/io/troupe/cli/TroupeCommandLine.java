package io.troupe.cli;

import io.troupe.cli.command.Command;
import io.troupe.cli.command.Commands;
import io.troupe.cli.command.Globals;
import io.troupe.cli.command.Help;
import io.troupe.cli.command.Outcome;
import io.troupe.cli.render.ErrorStyle;
import io.troupe.cli.render.Look;
import io.troupe.cli.render.ReplyRenderer;
import io.troupe.protocol.CommandLine;
import io.troupe.protocol.FailureException;
import java.time.InstantSource;
import java.util.List;

/** The commands of Troupe. Instances may be shared by threads; the parsers behind them are pooled. */
public final class TroupeCommandLine implements CommandLine {
    private final InstantSource clock;

    /** For {@link java.util.ServiceLoader}. */
    public TroupeCommandLine() {
        this(InstantSource.system());
    }

    /**
     * @param clock dates the errors that {@code --log-format json} writes to standard error
     */
    public TroupeCommandLine(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Parsed parse(Invocation invocation) {
        Look look = Look.of(invocation);
        Globals globals;
        try {
            globals = Globals.parse(invocation);
        } catch (FailureException e) {
            return new Parsed.Refused(e.failure(), renderer(look, ErrorStyle.PLAIN), null);
        }
        try {
            return parsed(outcome(globals, look, invocation), globals);
        } catch (FailureException e) {
            return new Parsed.Refused(e.failure(), renderer(look, globals.errors()), globals.log());
        }
    }

    private static Outcome outcome(Globals globals, Look look, Invocation invocation) {
        globals.refuseWhatIsNotServed();
        if (globals.version()) {
            return new Outcome.Say(Commands.versionText());
        }
        List<String> rest = globals.rest();
        if (globals.help() || rest.isEmpty()) {
            return new Outcome.Say(Help.overview(look.width()));
        }
        Command command = Commands.find(rest.getFirst());
        return command.parse(rest.subList(1, rest.size()), new Command.Call(globals, look, invocation.cwd()));
    }

    private Parsed parsed(Outcome outcome, Globals globals) {
        return switch (outcome) {
            case Outcome.Say(String text) -> new Parsed.Answer(new Rendering(text, "", 0));
            case Outcome.Ask(var request, Look wanted) ->
                new Parsed.Ask(request, renderer(wanted, globals.errors()), globals.log());
        };
    }

    private Renderer renderer(Look look, ErrorStyle errors) {
        return new ReplyRenderer(look, errors, clock);
    }
}
