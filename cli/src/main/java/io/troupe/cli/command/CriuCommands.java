package io.troupe.cli.command;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.protocol.Request.CriuOptions;
import io.troupe.protocol.Request.LaunchOptions;
import io.troupe.protocol.Request.PageServer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/** checkpoint and restore: a container's processes to files and back, by CRIU. Words as runc has them. */
final class CriuCommands {
    private static final List<String> MODES = List.of("soft", "full", "strict", "ignore");
    /** An address of version 6, which has colons itself, may be in brackets. */
    private static final Pattern SERVER = Pattern.compile("\\[?([^\\[\\]]+)]?:([0-9]{1,5})");

    private static final int LAST_PORT = 65535;
    private static final int LAST_DESCRIPTOR = 1 << 20;

    private CriuCommands() {}

    static Command checkpoint() {
        return new Command(
                "checkpoint",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID"),
                "Writes the processes of a running container to files, by CRIU, and deletes it.",
                List.of("troupe checkpoint --image-path /images/web1 web1"),
                Parser.of("checkpoint", CriuCommands::checkpointOptions),
                CriuCommands::checkpoint);
    }

    static Command restore() {
        return new Command(
                "restore",
                Command.Group.LIFE,
                List.of("[OPTIONS] ID"),
                "Makes a container of what checkpoint wrote, waits for it, deletes it and ends with its exit status.",
                List.of("troupe restore --detach --bundle /bundles/web --image-path /images/web1 web1"),
                Parser.of("restore", CriuCommands::restoreOptions),
                CriuCommands::restore);
    }

    private static Outcome checkpoint(Words words, Command.Call call) {
        String id = words.exactly("ID").getFirst();
        String parent = words.value("--parent-path");
        if (parent != null && parent.startsWith("/")) {
            throw words.wrong("--parent-path", "it begins at the root", "Name it from --image-path on");
        }
        CriuOptions options = options(words, call);
        PageServer server = pageServer(words);
        requireWhatLazyPagesNeed(words, options.lazyPages(), server);
        return call.ask(new Request.Checkpoint(
                call.name(id),
                options,
                parent,
                words.has("--leave-running"),
                words.has("--pre-dump"),
                words.has("--tcp-skip-in-flight"),
                words.has("--link-remap"),
                server,
                words.has("--status-fd") ? (int) words.number("--status-fd", 0, LAST_DESCRIPTOR) : null));
    }

    private static Outcome restore(Words words, Command.Call call) {
        String id = words.exactly("ID").getFirst();
        return call.ask(new Request.Restore(
                call.name(id),
                LaunchFlags.bundle(words, call),
                new LaunchOptions(
                        words.path("--pid-file", call),
                        words.path("--console-socket", call),
                        0,
                        false,
                        false,
                        null,
                        call.globals().cgroupManager()),
                options(words, call),
                words.has("--detach"),
                words.has("--tcp-close"),
                words.value("--lsm-profile"),
                words.value("--lsm-mount-context")));
    }

    private static CriuOptions options(Words words, Command.Call call) {
        for (String namespace : words.all("--empty-ns")) {
            if (!namespace.equals("network")) {
                throw new FailureException(
                        FailureCode.UNSUPPORTED,
                        "option --empty-ns",
                        "a namespace of the kind " + Failures.shown(namespace) + " cannot be left empty",
                        "Use network");
            }
        }
        String images = words.path("--image-path", call);
        return new CriuOptions(
                images == null ? call.path("checkpoint") : images,
                words.path("--work-path", call),
                words.has("--tcp-established"),
                words.has("--ext-unix-sk"),
                words.has("--shell-job"),
                words.has("--file-locks"),
                words.has("--auto-dedup"),
                words.has("--manage-cgroups-mode") ? words.choice("--manage-cgroups-mode", "soft", MODES) : null,
                words.has("--lazy-pages"));
    }

    private static void requireWhatLazyPagesNeed(Words words, boolean lazy, @Nullable PageServer server) {
        if (lazy && server == null) {
            throw words.wrong(
                    "--lazy-pages", "nobody could find the memory", "Say where, by --page-server ADDRESS:PORT");
        }
        if (lazy && words.has("--pre-dump")) {
            throw words.wrong("--lazy-pages", "a --pre-dump writes memory at once", "Use one of them");
        }
        if (!lazy && words.has("--status-fd")) {
            throw words.wrong(
                    "--status-fd", "it is written to when --lazy-pages are served", "Use it with --lazy-pages");
        }
    }

    private static @Nullable PageServer pageServer(Words words) {
        String server = words.value("--page-server");
        if (server == null) {
            return null;
        }
        var matcher = SERVER.matcher(server);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > LAST_PORT) {
            throw words.wrong("--page-server", "it is no ADDRESS:PORT", "Write it so, such as 10.0.0.2:9876");
        }
        return new PageServer(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    private static List<OptionSpec> common() {
        return List.of(
                Flags.value("DIR", "Where the images are. Default: checkpoint, in the present one.", "--image-path"),
                Flags.value("DIR", "Where CRIU writes its log. Default: --image-path.", "--work-path"),
                Flags.flag("Keeps TCP connections that are open.", "--tcp-established"),
                Flags.flag("Takes Unix sockets whose other end is outside.", "--ext-unix-sk"),
                Flags.flag("Takes a container that has the terminal of its caller.", "--shell-job"),
                Flags.flag("Keeps locks of files.", "--file-locks"),
                Flags.value(
                        "MODE",
                        "What is done with cgroups: soft, full, strict or ignore. Default: soft.",
                        "--manage-cgroups-mode"),
                Flags.many(
                        "network",
                        "A namespace that is restored empty. A new network namespace always is.",
                        "--empty-ns"),
                Flags.flag("Takes out of the parent's images what later ones have anew.", "--auto-dedup"));
    }

    private static List<OptionSpec> checkpointOptions() {
        List<OptionSpec> out = new ArrayList<>(common());
        out.add(Flags.flag("Lets the container run on.", "--leave-running"));
        out.add(Flags.flag("Writes memory alone, ahead of a checkpoint; the container runs on.", "--pre-dump"));
        out.add(Flags.value(
                "DIR", "The images of an earlier --pre-dump, named from --image-path on.", "--parent-path"));
        out.add(Flags.flag("Leaves out TCP connections that are being made.", "--tcp-skip-in-flight"));
        out.add(Flags.flag("Makes names again for open files that have none left.", "--link-remap"));
        out.add(Flags.value(
                "ADDRESS:PORT",
                "Sends memory to a page server of CRIU's; with --lazy-pages, where it serves memory itself.",
                "--page-server"));
        out.add(Flags.flag("Leaves memory where it is, and serves it until all was fetched.", "--lazy-pages"));
        out.add(Flags.value("FD", "Gets a zero byte once memory is served, and is closed.", "--status-fd"));
        return out;
    }

    private static List<OptionSpec> restoreOptions() {
        List<OptionSpec> out = new ArrayList<>(common());
        out.add(Flags.value(
                "DIR", "The bundle, a directory with a config.json. Default: the present one.", "--bundle", "-b"));
        out.add(Flags.value("FILE", "The configuration, in place of the bundle's config.json.", "--config", "-f"));
        out.add(Flags.flag("Ends once the processes run, and leaves them running.", "--detach", "-d"));
        out.add(Flags.value("FILE", "Writes the process id to this file.", "--pid-file"));
        out.add(Flags.value("PATH", "A Unix socket that receives the master of the terminal.", "--console-socket"));
        out.add(Flags.flag("Closes the TCP connections that were open.", "--tcp-close"));
        out.add(Flags.value("TYPE:NAME", "The security profile to run with.", "--lsm-profile"));
        out.add(Flags.value("CONTEXT", "The SELinux context of mounts.", "--lsm-mount-context"));
        out.add(Flags.flag(
                "Never becomes a subreaper (prctl(2)). It never does. containerd writes one dash.",
                "--no-subreaper",
                "-no-subreaper"));
        out.add(Flags.refusedFlag("--no-pivot"));
        out.add(Flags.flag(
                "Has memory fetched later, by \"criu lazy-pages\" with the same --work-dir.", "--lazy-pages"));
        return out;
    }
}
