package io.troupe.cli.render;

import io.troupe.protocol.CommandLine.Level;
import io.troupe.protocol.CommandLine.Logged;
import io.troupe.protocol.CommandLine.Renderer;
import io.troupe.protocol.CommandLine.Rendering;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.protocol.Reply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes text of replies: one function over all of them. */
public final class ReplyRenderer implements Renderer {
    /** How a process ended is not known: no status is made up. Not one of a shell's own (126 and above). */
    static final int EXIT_UNKNOWN = 125;

    /** Of failures that nobody acts upon by their status. */
    static final int OTHER_FAILURE = 1;

    private final Look look;
    private final ErrorStyle errors;
    private final InstantSource clock;

    /**
     * @param clock dates errors on standard error, where they are JSON
     */
    public ReplyRenderer(Look look, ErrorStyle errors, InstantSource clock) {
        this.look = look;
        this.errors = errors;
        this.clock = clock;
    }

    @Override
    public Rendering render(Reply reply) {
        return switch (reply) {
            case Reply.Done() -> out("");
            case Reply.Failed(Failure failure) -> failed(failure);
            case Reply.Ended(ExitCause cause) -> ended(cause);
            case Reply.ContainerState state -> out(Json.pretty(Facts.of(state)) + "\n");
            case Reply.Listing listing -> out(Listings.of(listing, look));
            case Reply.Processes(var pids, var table) -> out(look.json() ? Json.compact(pids) + "\n" : lines(table));
            case Reply.Used used -> new Rendering(Json.compact(Facts.of(used)) + "\n", "", null);
            case Reply.Life life -> out(look.json() ? array(life.entries()) : Stories.life(life, look));
            case Reply.Explanation why -> out(look.json() ? json(why) : Stories.explanation(why, look));
            case Reply.Event(var entry) ->
                new Rendering(look.json() ? Json.compact(Facts.of(entry)) + "\n" : Stories.line(entry, look), "", null);
            case Reply.PlanListing plan -> out(look.json() ? Plans.json(plan) : Plans.text(plan, look));
            case Reply.Written(String path) -> out("wrote " + Plain.text(path) + "\n");
            case Reply.Information(var facts) ->
                out(look.json() ? Json.compact(facts) + "\n" : Listings.facts(facts, look));
            case Reply.Features(var structure) -> out(Json.pretty(structure) + "\n");
            case Reply.SupervisorStatus status ->
                out(look.json() ? Json.compact(Facts.of(status)) + "\n" : Listings.status(status, look));
            case Reply.Findings findings -> findings(findings);
        };
    }

    @Override
    public boolean tells(Level level) {
        return level.compareTo(errors.most()) <= 0;
    }

    @Override
    public List<Logged> logged(Failure failure) {
        Logged error = new Logged(Level.ERROR, failure.line());
        return tells(Level.DEBUG) ? List.of(error, new Logged(Level.DEBUG, detail(failure))) : List.of(error);
    }

    @Override
    public String logLine(Logged logged, Instant at) {
        return line(logged, at, errors.jsonInLog());
    }

    private String detail(Failure failure) {
        return "code " + failure.code() + ", exit status " + status(failure);
    }

    private int status(Failure failure) {
        int status = failure.code().exitStatus();
        return status == OTHER_FAILURE ? look.otherFailures() : status;
    }

    /** What ps prints is printed as it is, but for control characters, which a process may have in its arguments. */
    private static String lines(List<String> table) {
        return table.stream().map(line -> Plain.text(line) + "\n").collect(Collectors.joining());
    }

    private Rendering failed(Failure failure) {
        StringBuilder text = new StringBuilder();
        if (errors.jsonOnStandardError()) {
            Instant now = clock.instant();
            logged(failure).forEach(logged -> text.append(line(logged, now, true)));
        } else {
            text.append("troupe: ").append(Plain.text(failure.line())).append('\n');
            if (tells(Level.DEBUG)) {
                text.append("troupe: debug: ").append(detail(failure)).append('\n');
            }
        }
        return new Rendering("", text.toString(), status(failure));
    }

    /** As logrus writes it for runc, whose readers this is for. */
    private static String line(Logged logged, Instant at, boolean json) {
        String time = Plain.logTime(at);
        String level = logged.level().word();
        String message = logged.message();
        return json
                ? Json.compact(Json.object("level", level, "msg", message, "time", time)) + "\n"
                : "time=\"" + time + "\" level=" + level + " msg=" + Json.compact(message) + "\n";
    }

    private Rendering ended(ExitCause cause) {
        Integer status = cause.shellStatus();
        if (status == null) {
            String reason = cause instanceof ExitCause.Unknown(String why) ? why : "no reason is known";
            return new Rendering(
                    look.exitAsText() && look.json() ? Json.compact(Facts.of(cause)) + "\n" : "",
                    "troupe: exit status unknown: " + Plain.text(reason) + "\n",
                    EXIT_UNKNOWN);
        }
        if (!look.exitAsText()) {
            return new Rendering("", "", status);
        }
        return out(look.json() ? Json.compact(Facts.of(cause)) + "\n" : status + "\n");
    }

    private Rendering findings(Reply.Findings findings) {
        int status = findings.lines().isEmpty() ? 0 : 1;
        if (look.json()) {
            Map<String, @Nullable Object> all =
                    Json.object("checked", findings.checked(), "findings", findings.lines());
            return new Rendering(Json.compact(all) + "\n", "", status);
        }
        StringBuilder out = new StringBuilder();
        findings.lines().forEach(line -> out.append(Plain.text(line)).append('\n'));
        out.append(findings.checked()).append(findings.checked() == 1 ? " container" : " containers");
        out.append(" checked, ")
                .append(
                        findings.lines().isEmpty()
                                ? "nothing"
                                : findings.lines().size());
        return new Rendering(out.append(" found\n").toString(), "", status);
    }

    private static String array(List<io.troupe.protocol.HistoryEntry> entries) {
        return Json.compact(entries.stream().map(Facts::of).toList()) + "\n";
    }

    private static String json(Reply.Explanation why) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        out.put("root", why.name().root());
        out.put("id", why.name().id());
        out.put("sentence", why.sentence());
        out.put("chain", why.chain().stream().map(Facts::of).toList());
        return Json.compact(out) + "\n";
    }

    private static Rendering out(String text) {
        return new Rendering(text, "", 0);
    }
}
