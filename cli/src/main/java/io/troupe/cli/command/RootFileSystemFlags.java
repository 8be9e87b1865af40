package io.troupe.cli.command;

import io.troupe.protocol.Request.BundleSource;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** {@code --rootfs} of run and plan, and the options that only it has: with a bundle, config.json says the same. */
final class RootFileSystemFlags {
    static final String ROOTFS = "--rootfs";
    private static final List<String> ONLY_WITH_ROOTFS = List.of("--tty", "--env", "--cwd");

    private RootFileSystemFlags() {}

    static List<OptionSpec> options() {
        return List.of(
                Flags.value("DIR", "Runs ARGS on this root file system, read-only, without a bundle.", ROOTFS),
                Flags.flag("With --rootfs: gives the process a terminal.", "--tty", "-t"),
                Flags.many("NAME=VALUE", "With --rootfs: adds a variable to the environment.", "--env", "-e"),
                Flags.value("DIR", "With --rootfs: the working directory inside. Default: /.", "--cwd"));
    }

    /** {@return where the configuration comes from: the root file system with these arguments, or the bundle} */
    static BundleSource source(Words words, Command.Call call, List<String> args) {
        String rootfs = words.path(ROOTFS, call);
        if (rootfs == null) {
            refuseOthers(words);
            return LaunchFlags.bundle(words, call);
        }
        for (String option : List.of("--bundle", LaunchFlags.CONFIG)) {
            if (words.has(option)) {
                throw words.wrong(ROOTFS, "it does not go with " + option, "Leave one of them out");
            }
        }
        if (args.isEmpty()) {
            throw words.wrong(ROOTFS, "no program is named", "Write it after --, such as -- /bin/sh");
        }
        return new BundleSource.RootFileSystem(
                rootfs, List.copyOf(args), environment(words), cwd(words), words.has("--tty"));
    }

    /** {@return the values of --env} Values may be secret, so they are not quoted in an error. */
    static List<String> environment(Words words) {
        for (String variable : words.all("--env")) {
            if (variable.indexOf('=') < 1) {
                throw words.wrong("--env", "a variable is not of the form NAME=VALUE", "Give it a name, = and a value");
            }
        }
        return words.all("--env");
    }

    /** {@return {@code rest} without one leading {@code --}} */
    static List<String> program(List<String> rest) {
        return !rest.isEmpty() && rest.getFirst().equals("--") ? rest.subList(1, rest.size()) : rest;
    }

    /** {@return the value of --cwd, absolute; / without it} */
    static String cwd(Words words) {
        String cwd = words.value("--cwd", "/");
        if (!cwd.startsWith("/")) {
            throw words.wrong("--cwd", Failures.shown(cwd) + " is not absolute", "Start it with /");
        }
        return cwd;
    }

    private static void refuseOthers(Words words) {
        for (String option : ONLY_WITH_ROOTFS) {
            if (words.has(option)) {
                throw words.wrong(option, "it needs --rootfs", "Say it in the bundle's config.json, or give --rootfs");
            }
        }
    }
}
