package io.troupe.cli.command;

import io.troupe.protocol.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.OptionSpec;

/** spec, features, info, supervisor, version, completion and report-exit. */
final class OtherCommands {
    private OtherCommands() {}

    static Command spec() {
        return new Command(
                "spec",
                Command.Group.OTHER,
                List.of("[OPTIONS]"),
                "Writes an example config.json where there is none.",
                List.of("troupe spec --bundle /bundles/web"),
                Parser.of(
                        "spec",
                        () -> List.of(
                                Flags.value("DIR", "The directory. Default: the present one.", "--bundle", "-b"),
                                Flags.value(
                                        "FILE", "The file, in that directory. Default: config.json.", "--file", "-f"),
                                Flags.flag(
                                        "For a container of this user alone: in a user namespace, with the host's network.",
                                        "--rootless"))),
                (words, call) -> {
                    words.exactly();
                    Path directory = Path.of(call.path(words.value("--bundle", ".")));
                    Path file = directory.resolve(words.value("--file", "config.json"));
                    return call.ask(new Request.Spec(file.toString(), words.has("--rootless")));
                });
    }

    static Command features() {
        return new Command(
                "features",
                Command.Group.OTHER,
                List.of(""),
                "Prints what of the OCI specification is served, as JSON of the form of its features.md.",
                List.of("troupe features"),
                Parser.of("features", List::of),
                (words, call) -> {
                    words.exactly();
                    return call.ask(new Request.Features());
                });
    }

    static Command info() {
        return asking("info", "Prints what this supervisor and this host can do.", Request.Info::new);
    }

    static Command supervisorStart() {
        return asking(
                "supervisor start",
                "Starts the supervisor unless it runs, and prints its status.",
                Request.SupervisorStatus::new);
    }

    static Command supervisorStatus() {
        return asking(
                "supervisor status",
                "Prints the supervisor's pid, version, directories, uptime and how many containers it has.",
                Request.SupervisorStatus::new);
    }

    static Command supervisorVerify() {
        return asking(
                "supervisor verify",
                "Compares the journal with processes, cgroups, mounts and directories; exit status 1 if they differ.",
                Request.Verify::new);
    }

    static Command supervisorStop() {
        return new Command(
                "supervisor stop",
                Command.Group.OTHER,
                List.of(""),
                "Ends the supervisor. Containers stay as they are; the next supervisor finds them again.",
                List.of("troupe supervisor stop"),
                Parser.of("supervisor stop", List::of),
                (words, call) -> {
                    words.exactly();
                    return call.ask(new Request.SupervisorStop());
                });
    }

    /** The native client carries it out and never asks a supervisor; here is its help. */
    static Command supervisorRun() {
        return new Command(
                "supervisor run",
                Command.Group.OTHER,
                List.of(""),
                "Runs the supervisor in the foreground, as the systemd unit does.",
                List.of("troupe supervisor run"),
                Parser.of("supervisor run", List::of),
                (words, _) -> {
                    words.exactly();
                    throw Failures.usage(
                            "supervisor run", "a supervisor answered this, so one runs already", "See its status");
                });
    }

    static Command version() {
        return saying("version", "Prints the version and the OCI specification's.", Commands::versionText);
    }

    static Command completion() {
        return new Command(
                "completion",
                Command.Group.OTHER,
                List.of("bash|zsh"),
                "Prints a completion script for a shell.",
                List.of("source <(troupe completion bash)"),
                Parser.of("completion", List::of),
                (words, _) -> {
                    String shell = words.exactly("bash|zsh").getFirst();
                    if (!List.of("bash", "zsh").contains(shell)) {
                        throw Failures.usage("completion", Failures.shown(shell) + " is not served", "Use bash or zsh");
                    }
                    return new Outcome.Say(Completion.script(shell.equals("zsh")));
                });
    }

    /** See {@link Request.ReportExit}. */
    static Command reportExit() {
        return new Command(
                "report-exit",
                Command.Group.HIDDEN,
                List.of("ID PID STATUS"),
                "Tells how a process ended whose supervisor was gone; the native client says it.",
                List.of("troupe report-exit web1 4711 256"),
                Parser.of("report-exit", List::of),
                (words, call) -> {
                    List<String> positions = words.exactly("ID", "PID", "STATUS");
                    return call.ask(new Request.ReportExit(
                            call.name(positions.get(0)),
                            (int) words.number("PID", positions.get(1), 1, Integer.MAX_VALUE),
                            (int) words.number("STATUS", positions.get(2), 0, 0xffff)));
                });
    }

    private static Command asking(String name, String purpose, Supplier<Request> request) {
        Supplier<List<OptionSpec>> options =
                () -> List.of(Flags.value("table|json", "How to print it. Default: table.", "--format", "-f"));
        return new Command(
                name,
                Command.Group.OTHER,
                List.of("[OPTIONS]"),
                purpose,
                List.of("troupe " + name + " --format json"),
                Parser.of(name, options),
                (words, call) -> {
                    words.exactly();
                    return new Outcome.Ask(
                            request.get(),
                            call.look().json(words.choice("--format", "table", LifeCommands.TABLE_OR_JSON)));
                });
    }

    private static Command saying(String name, String purpose, Supplier<String> text) {
        return new Command(
                name,
                Command.Group.OTHER,
                List.of(""),
                purpose,
                List.of("troupe " + name),
                Parser.of(name, List::of),
                (words, _) -> {
                    words.exactly();
                    return new Outcome.Say(text.get());
                });
    }
}
