package io.troupe.cli.command;

import io.troupe.protocol.Request.BundleSource;
import io.troupe.protocol.Request.LaunchOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** The options of runc that create, run and plan share. */
final class LaunchFlags {
    /** More than any process may open by default on Linux (fs.nr_open). */
    static final long MOST_DESCRIPTORS = 1L << 20;

    static final String CONFIG = "--config";

    private LaunchFlags() {}

    static List<OptionSpec> options() {
        List<OptionSpec> out = new ArrayList<>();
        out.add(Flags.value(
                "DIR", "The bundle, a directory with a config.json. Default: the present one.", "--bundle", "-b"));
        out.addAll(common());
        out.add(Flags.flag(
                "Uses MS_MOVE and chroot(2) instead of pivot_root(2), for a root on a ramdisk.", "--no-pivot"));
        out.add(Flags.flag("Keeps the session keyring of the caller.", "--no-new-keyring"));
        out.add(Flags.value("FILE", "The configuration, in place of the bundle's config.json.", CONFIG, "-f"));
        out.add(Flags.flag("Never becomes a subreaper (prctl(2)). It never does.", "--no-subreaper"));
        return out;
    }

    /** {@return those that exec has as well} */
    static List<OptionSpec> common() {
        return List.of(
                Flags.value("FILE", "Writes the process id to this file.", "--pid-file"),
                Flags.value("PATH", "A Unix socket that receives the master of the terminal.", "--console-socket"),
                Flags.value("PATH", "A Unix socket that receives a pidfd of the process.", "--pidfd-socket"),
                Flags.value("N", "Hands N more descriptors to the process, 3 to 2+N. Default: 0.", "--preserve-fds"));
    }

    static LaunchOptions read(Words words, Command.Call call) {
        return new LaunchOptions(
                words.path("--pid-file", call),
                words.path("--console-socket", call),
                preserveFds(words),
                words.has("--no-pivot"),
                words.has("--no-new-keyring"),
                words.path("--pidfd-socket", call),
                call.globals().cgroupManager());
    }

    /** {@return the bundle that is named, with its configuration} */
    static BundleSource bundle(Words words, Command.Call call) {
        return new BundleSource.Directory(call.path(words.value("--bundle", ".")), words.path(CONFIG, call));
    }

    static int preserveFds(Words words) {
        return (int) words.number("--preserve-fds", 0, MOST_DESCRIPTORS);
    }
}
