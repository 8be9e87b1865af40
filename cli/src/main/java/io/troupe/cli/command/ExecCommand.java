package io.troupe.cli.command;

import io.troupe.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;

/** exec: another process in a running container. */
final class ExecCommand {
    private static final Pattern CAPABILITY = Pattern.compile("CAP_[A-Z][A-Z_]*");
    private static final List<String> SAID_BY_THE_PROCESS_FILE = List.of(
            "--cwd",
            "--env",
            "--user",
            "--additional-gids",
            "--cap",
            "--no-new-privs",
            "--apparmor",
            "--process-label");

    /** As in runc and crun: 1 could be the program's own. */
    private static final int NOT_EXECUTED = 255;

    private ExecCommand() {}

    static Command command() {
        return new Command(
                "exec",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID [--] ARGS...", "[OPTIONS] --process FILE ID"),
                "Runs another process in a running container and ends with its exit status.",
                List.of("troupe exec -it web1 /bin/sh", "troupe exec --user 1000:1000 --env LANG=C web1 -- id -u"),
                Parser.leading("exec", ExecCommand::options),
                ExecCommand::read);
    }

    private static List<OptionSpec> options() {
        List<OptionSpec> out = new ArrayList<>(List.of(
                Flags.value("DIR", "The working directory inside. Default: the container's.", "--cwd"),
                Flags.many("NAME=VALUE", "Adds a variable to the container's environment.", "--env", "-e"),
                Flags.flag("Gives the process a terminal.", "--tty", "-t"),
                Flags.flag("Keeps standard input attached. It always is.", "--interactive", "-i"),
                Flags.value(
                        "UID[:GID]", "Numbers of the user and group. Default: the container's, each.", "--user", "-u"),
                Flags.many("GID", "Number of one more group.", "--additional-gids", "-g"),
                Flags.many("CAP", "Adds a capability, such as CAP_NET_ADMIN.", "--cap", "-c"),
                Flags.flag("Sets no_new_privs.", "--no-new-privs"),
                Flags.value("FILE", "Reads all of this from an OCI process object (config.md).", "--process", "-p"),
                Flags.flag("Ends once the program runs, and leaves it running.", "--detach", "-d")));
        out.addAll(LaunchFlags.common());
        out.add(Flags.value("PROFILE", "The AppArmor profile. Default: the container's.", "--apparmor"));
        out.add(Flags.value("LABEL", "The SELinux label. Default: the container's.", "--process-label"));
        out.add(Flags.many(
                "[CONTROLLER:]PATH",
                "Enters an existing cgroup below the container's; CONTROLLER on version 1 alone.",
                "--cgroup"));
        out.add(Flags.flag("Also in a paused container: it waits there for resume.", "--ignore-paused"));
        return out;
    }

    private static Outcome read(Words words, Command.Call call) {
        String id = words.first("ID");
        List<String> args = RootFileSystemFlags.program(
                words.positions().subList(1, words.positions().size()));
        checkProgram(words, args);
        String user = words.value("--user");
        Request exec = new Request.Exec(
                call.name(id),
                new Request.ExecOptions(
                        words.path("--process", call),
                        List.copyOf(args),
                        RootFileSystemFlags.environment(words),
                        words.has("--cwd") ? RootFileSystemFlags.cwd(words) : null,
                        user == null ? null : UserArgument.check(words, user),
                        groups(words),
                        capabilities(words),
                        words.has("--no-new-privs"),
                        words.has("--tty"),
                        words.has("--detach"),
                        words.path("--pid-file", call),
                        words.path("--console-socket", call),
                        LaunchFlags.preserveFds(words),
                        words.path("--pidfd-socket", call),
                        words.all("--cgroup"),
                        words.has("--ignore-paused"),
                        words.value("--apparmor"),
                        words.value("--process-label")));
        return new Outcome.Ask(exec, call.look().withOtherFailuresAs(NOT_EXECUTED));
    }

    private static void checkProgram(Words words, List<String> args) {
        if (!words.has("--process")) {
            if (args.isEmpty()) {
                throw Failures.usage("exec", "missing ARGS", Failures.seeHelp("exec"));
            }
            return;
        }
        if (!args.isEmpty()) {
            throw words.wrong("--process", "it does not go with ARGS", "Leave one of them out");
        }
        for (String option : SAID_BY_THE_PROCESS_FILE) {
            if (words.has(option)) {
                throw words.wrong("--process", "it does not go with " + option, "Say it in the file");
            }
        }
    }

    private static List<Long> groups(Words words) {
        return words.all("--additional-gids").stream()
                .map(text -> words.number("--additional-gids", text, 0, UserArgument.LARGEST_ID))
                .toList();
    }

    private static List<String> capabilities(Words words) {
        return words.all("--cap").stream().map(text -> capability(words, text)).toList();
    }

    private static String capability(Words words, String given) {
        String upper = given.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
        if (!CAPABILITY.matcher(name).matches()) {
            throw words.wrong("--cap", Failures.shown(given) + " is no capability", "Use a name such as CAP_NET_ADMIN");
        }
        return name;
    }
}
