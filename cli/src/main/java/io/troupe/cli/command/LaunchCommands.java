package io.troupe.cli.command;

import io.troupe.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** create, run and plan: what makes a container of a bundle, or says how. */
final class LaunchCommands {
    private static final String ATTACHED =
            "Keeps standard input attached. It always is: the process reads what the caller reads.";

    private LaunchCommands() {}

    static Command create() {
        return new Command(
                "create",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID"),
                "Makes a container of a bundle, with its process waiting for start.",
                List.of("troupe create --bundle /bundles/web web1"),
                Parser.of("create", LaunchFlags::options),
                (words, call) -> call.ask(new Request.Create(
                        call.name(words.exactly("ID").getFirst()),
                        LaunchFlags.bundle(words, call),
                        LaunchFlags.read(words, call))));
    }

    static Command run() {
        Parser leading = Parser.leading("run", LaunchCommands::runOptions);
        Parser anywhere = leading.anywhere();
        return new Command(
                "run",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID", "--rootfs DIR [OPTIONS] ID [--] ARGS..."),
                "Creates and starts a container, waits for it, deletes it and ends with its exit status.",
                List.of(
                        "troupe run --rootfs / hello -- echo \"hello from a container\"",
                        "troupe run --detach --bundle /bundles/web web1"),
                leading,
                (words, call) -> run(words.has(RootFileSystemFlags.ROOTFS) ? words : again(anywhere, words), call));
    }

    static Command plan() {
        Parser leading = Parser.leading("plan", LaunchCommands::planOptions);
        Parser anywhere = leading.anywhere();
        return new Command(
                "plan",
                Command.Group.OTHER,
                List.of("[OPTIONS] [BUNDLE]", "--rootfs DIR [OPTIONS] [--] ARGS..."),
                "Prints the steps that create would take, and touches nothing.",
                List.of("troupe plan /bundles/web", "troupe plan --rootfs / --format json -- /bin/true"),
                leading,
                (words, call) -> plan(words.has(RootFileSystemFlags.ROOTFS) ? words : again(anywhere, words), call));
    }

    /** Without --rootfs nothing belongs to a program, and options may follow the positions, as runc has it. */
    private static Words again(Parser anywhere, Words words) {
        if (words.positions().size() < 2) {
            return words;
        }
        List<String> rest = words.positions().subList(1, words.positions().size());
        Words late = anywhere.parse(rest);
        List<String> positions = new ArrayList<>(words.positions().subList(0, 1));
        positions.addAll(late.positions());
        return words.with(late.options(), positions);
    }

    private static Outcome run(Words words, Command.Call call) {
        boolean bundled = !words.has(RootFileSystemFlags.ROOTFS);
        String id = bundled ? words.exactly("ID").getFirst() : words.first("ID");
        List<String> program = bundled
                ? List.of()
                : words.positions().subList(1, words.positions().size());
        return call.ask(new Request.Run(
                call.name(id),
                RootFileSystemFlags.source(words, call, RootFileSystemFlags.program(program)),
                LaunchFlags.read(words, call),
                words.has("--detach"),
                words.has("--keep")));
    }

    private static Outcome plan(Words words, Command.Call call) {
        Words whole = words;
        List<String> program = List.of();
        if (words.has(RootFileSystemFlags.ROOTFS)) {
            program = RootFileSystemFlags.program(words.positions());
        } else if (!words.between(0, "BUNDLE").isEmpty()) {
            if (words.has("--bundle")) {
                throw words.wrong("--bundle", "it does not go with BUNDLE", "Leave one of them out");
            }
            whole = words.with(Map.of("--bundle", words.positions()), List.of());
        }
        Request request = new Request.Plan(
                call.name(words.value("--id", "plan")),
                RootFileSystemFlags.source(whole, call, program),
                LaunchFlags.read(words, call));
        return new Outcome.Ask(request, call.look().json(words.choice("--format", "text", List.of("text", "json"))));
    }

    private static List<OptionSpec> runOptions() {
        List<OptionSpec> out = new ArrayList<>(LaunchFlags.options());
        out.add(Flags.flag("Ends once the program runs, and leaves it running.", "--detach", "-d"));
        out.add(Flags.flag("Leaves the stopped container in place until delete.", "--keep"));
        out.add(Flags.flag(ATTACHED, "--interactive", "-i"));
        out.addAll(RootFileSystemFlags.options());
        return out;
    }

    private static List<OptionSpec> planOptions() {
        List<OptionSpec> out = new ArrayList<>(LaunchFlags.options());
        out.addAll(RootFileSystemFlags.options());
        out.add(Flags.value("ID", "The id to plan for. Default: plan.", "--id"));
        out.add(Flags.value("text|json", "How to print it. Default: text.", "--format"));
        return out;
    }
}
