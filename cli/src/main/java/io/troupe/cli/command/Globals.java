package io.troupe.cli.command;

import io.troupe.cli.render.ErrorStyle;
import io.troupe.protocol.CommandLine.Invocation;
import io.troupe.protocol.CommandLine.Level;
import io.troupe.protocol.CommandLine.LogTarget;
import io.troupe.protocol.Request.CgroupManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options before the command. The native client obeys {@code --run} and {@code --data}, which choose the supervisor;
 * here they are only checked.
 */
public final class Globals {
    static final Parser PARSER = Parser.leading("", Globals::options);
    private static final List<String> FORMATS = List.of("text", "json");
    private static final List<String> LEVELS =
            Arrays.stream(Level.values()).map(Level::word).toList();

    private final Words words;
    private final String root;
    private final @Nullable LogTarget log;
    private final boolean json;
    private final Level level;

    private Globals(Words words, String cwd) {
        this.words = words;
        String given = words.value("--root");
        this.root = given == null ? "" : Paths.absolute(cwd, given);
        this.log = LogArgument.target(words, cwd);
        String most = words.choice("--log-level", "error", LEVELS);
        this.level = words.has("--debug") ? Level.DEBUG : level(most);
        this.json = words.choice("--log-format", "text", FORMATS).equals("json");
    }

    /**
     * {@return the options before the command}
     *
     * @throws io.troupe.protocol.FailureException USAGE
     */
    public static Globals parse(Invocation invocation) {
        List<String> args = invocation.args();
        if (args.isEmpty() || !args.getFirst().startsWith("-")) {
            return new Globals(new Words("", Map.of(), args), invocation.cwd());
        }
        return new Globals(PARSER.parse(args), invocation.cwd());
    }

    /**
     * @throws io.troupe.protocol.FailureException UNSUPPORTED or USAGE; apart from {@link #parse}, so that it can be
     *     told where {@code --log} says
     */
    public void refuseWhatIsNotServed() {
        rootless();
        if (words.has("--cgroup-manager")
                && words.has("--systemd-cgroup")
                && !manager().equals("systemd")) {
            throw words.wrong("--cgroup-manager", "it does not go with --systemd-cgroup", "Leave one of them out");
        }
        if (words.has("--criu")) {
            throw Failures.unsupported("", "option --criu");
        }
        words.value("--run");
        words.value("--data");
    }

    /** {@return the namespace of ids, an absolute path; "" for the default one} */
    public String root() {
        return root;
    }

    /** {@return who makes cgroups; only create and run have any made} */
    public CgroupManager cgroupManager() {
        CgroupManager manager = words.has("--systemd-cgroup")
                ? CgroupManager.SYSTEMD
                : CgroupManager.valueOf(manager().toUpperCase(Locale.ROOT));
        return manager == CgroupManager.CGROUPFS && rootless() ? CgroupManager.DELEGATED : manager;
    }

    private boolean rootless() {
        return words.choice("--rootless", "auto", List.of("auto", "true", "false"))
                .equals("true");
    }

    private String manager() {
        return words.choice("--cgroup-manager", "cgroupfs", List.of("cgroupfs", "systemd", "disabled"));
    }

    /** {@return where failures are written as well; null for nowhere} */
    public @Nullable LogTarget log() {
        return log;
    }

    private static Level level(String word) {
        return Arrays.stream(Level.values())
                .filter(level -> level.word().equals(word))
                .findFirst()
                .orElseThrow();
    }

    /** {@return how failures look} */
    public ErrorStyle errors() {
        return new ErrorStyle(json, json && log == null, level);
    }

    /** {@return whether {@code --version} was given} */
    public boolean version() {
        return words.has("--version");
    }

    /** {@return whether {@code --help} was given} */
    public boolean help() {
        return words.has(Flags.HELP);
    }

    /** {@return the command and what follows it} */
    public List<String> rest() {
        return words.positions();
    }

    static List<OptionSpec> options() {
        List<OptionSpec> out = new ArrayList<>();
        out.add(Flags.value(
                "DIR", "A namespace of ids of its own: the same id may be used under two roots.", "--root"));
        out.add(Flags.value(
                "TARGET",
                "Writes failures there as well: FILE, file:FILE, journald:IDENTIFIER or syslog:IDENTIFIER.",
                LogArgument.OPTION));
        out.add(Flags.value(
                "text|json",
                "The form of failures in the file of --log, or without one on standard error. Default: text.",
                "--log-format"));
        out.add(Flags.value(
                "error|warning|debug",
                "How much is told: warning is what of config.json is passed over, debug what --debug tells too. Default: error.",
                "--log-level"));
        out.add(Flags.flag("Tells with a failure its code and exit status.", "--debug"));
        out.add(Flags.value(
                "DIR",
                "Where the supervisor's sockets live. Default: TROUPE_RUN, else /run/troupe for root.",
                "--run"));
        out.add(Flags.value(
                "DIR", "Where its journal lives. Default: TROUPE_DATA, else /var/lib/troupe for root.", "--data"));
        out.add(Flags.value(
                "auto|false|true",
                "With true root too does without cgroups that may not be made; other users always do. Default: auto.",
                "--rootless"));
        out.add(Flags.value(
                "cgroupfs|systemd|disabled",
                "How cgroups are made: by Troupe, as scopes by systemd, or not at all. Default: cgroupfs.",
                "--cgroup-manager"));
        out.add(Flags.flag("The same as --cgroup-manager systemd.", "--systemd-cgroup"));
        out.add(Flags.value("PATH", "Not served yet: refused.", "--criu"));
        out.add(Flags.flag("Shows the version and the OCI specification's.", "--version", "-v"));
        return out;
    }
}
