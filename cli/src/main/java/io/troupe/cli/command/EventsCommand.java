package io.troupe.cli.command;

import io.troupe.protocol.Request;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** events: with an id that of runc, what the container uses; without one the journal's, of all containers. */
final class EventsCommand {
    /** The journal counts in signed 64 bits; numbers of 18 digits are enough. */
    private static final long MOST_OFFSETS = 999_999_999_999_999_999L;

    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Pattern DURATION = Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?(?:ns|us|ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("([0-9.]+)(ns|us|ms|s|m|h)");

    private EventsCommand() {}

    static Command command() {
        return new Command(
                "events",
                Command.Group.STORY,
                List.of("[--since OFFSET] [--follow] [--format table|json]", "[--stats] [--interval DURATION] ID"),
                "Without ID: prints the events of all containers, oldest first, one line each: offset, time, container,"
                        + " event, words. With ID: prints as runc does, in JSON, what the container uses, at each interval,"
                        + " and when it runs out of memory, until it has ended.",
                List.of("troupe events --since 120 --follow --format json", "troupe events --stats web1"),
                Parser.of(
                        "events",
                        () -> StoryCommands.with(
                                Flags.value("OFFSET", "Only events after this offset. Default: 0, all.", "--since"),
                                Flags.flag("Goes on with new events until it is interrupted.", "--follow"),
                                Flags.flag("Prints what the container uses, once.", "--stats"),
                                Flags.value(
                                        "DURATION", "How often, such as 500ms or 1m30s. Default: 5s.", "--interval"))),
                (words, call) -> words.positions().isEmpty() ? story(words, call) : usage(words, call));
    }

    private static Outcome story(Words words, Command.Call call) {
        for (String option : List.of("--stats", "--interval")) {
            if (words.has(option)) {
                throw words.wrong(option, "it needs an ID", "Name the container");
            }
        }
        long since = words.number("--since", 0, MOST_OFFSETS);
        return StoryCommands.formatted(words, call, new Request.Events(since, words.has("--follow")));
    }

    private static Outcome usage(Words words, Command.Call call) {
        String id = words.exactly("ID").getFirst();
        for (String option : List.of("--since", "--follow", "--format")) {
            if (words.has(option)) {
                throw words.wrong(option, "it does not go with ID", "Leave out one of them");
            }
        }
        if (words.has("--stats") && words.has("--interval")) {
            throw words.wrong("--interval", "it does not go with --stats", "Leave out one of them");
        }
        Duration every = words.has("--stats") ? null : interval(words, words.value("--interval"));
        return call.ask(new Request.Usage(call.name(id), every));
    }

    private static Duration interval(Words words, @Nullable String text) {
        if (text == null) {
            return Duration.ofSeconds(5);
        }
        if (DURATION.matcher(text).matches()) {
            BigDecimal nanos = BigDecimal.ZERO;
            for (Matcher part = PART.matcher(text); part.find(); ) {
                nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanos(part.group(2)))));
            }
            if (nanos.signum() > 0 && nanos.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) <= 0) {
                return Duration.ofNanos(nanos.longValue());
            }
        }
        throw words.wrong("--interval", Failures.shown(text) + " is no duration", "Write one such as 5s, not 0");
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }
}
