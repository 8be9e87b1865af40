package io.troupe.cli.command;

import io.troupe.cli.render.Json;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Request;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/** update, with the flags of runc. They become the JSON that {@code --resources} takes: one reader checks both. */
final class UpdateCommand {
    private static final String CACHE = "--l3-cache-schema";
    private static final String BANDWIDTH = "--mem-bw-schema";
    private static final long MOST = 999_999_999_999_999_999L;
    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?([kmgtp]?)i?b?", Pattern.CASE_INSENSITIVE);

    /** How the value of a flag is read. */
    private enum Kind {
        NUMBER,
        /** A number, or -1 for no limit. */
        LIMIT,
        /** Bytes with a unit, or -1 for no limit. */
        SIZE,
        TEXT
    }

    /**
     * A flag.
     *
     * @param section and {@code name}: where it stands in the JSON
     */
    private record Limit(String flag, String section, String name, Kind kind, String description) {}

    private static final List<Limit> LIMITS = List.of(
            new Limit(
                    "--blkio-weight", "blockIO", "weight", Kind.NUMBER, "Weight of its input and output, 10 to 1000."),
            new Limit("--cpu-period", "cpu", "period", Kind.NUMBER, "Microseconds that a quota is for."),
            new Limit(
                    "--cpu-quota",
                    "cpu",
                    "quota",
                    Kind.LIMIT,
                    "Microseconds of processor time in a period; -1: no limit."),
            new Limit("--cpu-burst", "cpu", "burst", Kind.NUMBER, "Microseconds of the quota that may be saved up."),
            new Limit("--cpu-share", "cpu", "shares", Kind.NUMBER, "Weight of its processor time, 2 to 262144."),
            new Limit(
                    "--cpu-rt-period",
                    "cpu",
                    "realtimePeriod",
                    Kind.NUMBER,
                    "Period for real-time tasks, in microseconds."),
            new Limit(
                    "--cpu-rt-runtime", "cpu", "realtimeRuntime", Kind.LIMIT, "Time for them in it, in microseconds."),
            new Limit("--cpu-idle", "cpu", "idle", Kind.NUMBER, "1: runs only when nobody else wants to. 0: not so."),
            new Limit("--cpuset-cpus", "cpu", "cpus", Kind.TEXT, "Processors it may use, such as 0-3,7."),
            new Limit("--cpuset-mems", "cpu", "mems", Kind.TEXT, "Memory nodes it may use, likewise."),
            new Limit("--memory", "memory", "limit", Kind.SIZE, "Memory: bytes, or with k, m, g; -1: no limit."),
            new Limit(
                    "--memory-reservation",
                    "memory",
                    "reservation",
                    Kind.SIZE,
                    "Memory it should stay below, likewise."),
            new Limit("--memory-swap", "memory", "swap", Kind.SIZE, "Memory and swap together, likewise."),
            new Limit(
                    "--kernel-memory",
                    "memory",
                    "kernel",
                    Kind.SIZE,
                    "Refused: --memory counts the kernel's memory too."),
            new Limit(
                    "--kernel-memory-tcp",
                    "memory",
                    "kernelTCP",
                    Kind.SIZE,
                    "The kernel's buffers for TCP; of cgroup version 1."),
            new Limit("--pids-limit", "pids", "limit", Kind.LIMIT, "How many processes it may have; -1: no limit."));

    private UpdateCommand() {}

    static Command command() {
        return new Command(
                "update",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID"),
                "Changes limits of a container that lives: all that are named, or none.",
                List.of(
                        "troupe update --memory 256m --memory-swap 256m web1",
                        "troupe update --resources - web1 < limits.json"),
                Parser.of("update", UpdateCommand::options),
                UpdateCommand::meaning);
    }

    private static List<OptionSpec> options() {
        List<OptionSpec> options = new ArrayList<>();
        options.add(Flags.value(
                "FILE", "Limits as JSON of the form of linux.resources; - reads standard input.", "--resources", "-r"));
        LIMITS.forEach(limit -> options.add(Flags.value(label(limit.kind()), limit.description(), limit.flag())));
        options.add(Flags.value(
                "SCHEMA", "Parts of the level 3 cache for its group of resctrl, such as L3:0=7f0;1=1f.", CACHE));
        options.add(Flags.value("SCHEMA", "Memory bandwidth for that group, such as MB:0=20;1=70.", BANDWIDTH));
        return options;
    }

    private static String label(Kind kind) {
        return switch (kind) {
            case NUMBER, LIMIT -> "NUMBER";
            case SIZE -> "BYTES";
            case TEXT -> "LIST";
        };
    }

    private static Outcome meaning(Words words, Command.Call call) {
        ContainerName name = call.name(words.exactly("ID").getFirst());
        Map<String, Map<String, @Nullable Object>> given = given(words);
        Request.Schemata schemata = new Request.Schemata(words.value(CACHE), words.value(BANDWIDTH));
        String file = words.value("--resources");
        if (file == null) {
            boolean none = schemata.l3Cache() == null && schemata.memoryBandwidth() == null;
            if (given.isEmpty() && none) {
                throw Failures.usage("update", "no limit is named", Failures.seeHelp("update"));
            }
            Request.Limits limits = given.isEmpty() ? null : new Request.Limits.Given(Json.compact(given));
            return call.ask(new Request.Update(name, limits, schemata));
        }
        if (!given.isEmpty()) {
            throw words.wrong("--resources", "it does not go with other limits", "Say all in the file");
        }
        return call.ask(new Request.Update(
                name,
                file.equals("-") ? new Request.Limits.OnStandardInput() : new Request.Limits.InFile(call.path(file)),
                schemata));
    }

    private static Map<String, Map<String, @Nullable Object>> given(Words words) {
        Map<String, Map<String, @Nullable Object>> sections = new LinkedHashMap<>();
        for (Limit limit : LIMITS) {
            String text = words.value(limit.flag());
            if (text != null) {
                sections.computeIfAbsent(limit.section(), _ -> new LinkedHashMap<>())
                        .put(limit.name(), value(words, limit, text));
            }
        }
        return sections;
    }

    private static Object value(Words words, Limit limit, String text) {
        return switch (limit.kind()) {
            case NUMBER -> words.number(limit.flag(), text, 0, MOST);
            case LIMIT -> text.equals("-1") ? Long.valueOf(-1) : words.number(limit.flag(), text, 0, MOST);
            case SIZE -> text.equals("-1") ? Long.valueOf(-1) : bytes(words, limit.flag(), text);
            case TEXT -> text;
        };
    }

    private static long bytes(Words words, String flag, String text) {
        Matcher size = SIZE.matcher(text);
        if (size.matches()) {
            int power = " kmgtp".indexOf(size.group(2).toLowerCase(Locale.ROOT) + "");
            int shift = size.group(2).isEmpty() ? 0 : 10 * power;
            BigDecimal bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1L << shift));
            if (bytes.compareTo(BigDecimal.valueOf(MOST)) <= 0) {
                return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
            }
        }
        throw words.wrong(flag, Failures.shown(text) + " is no number of bytes", "Write one such as 64m, or -1");
    }
}
