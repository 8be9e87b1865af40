package io.troupe.cli.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** podman with storage and settings of its own, and a busybox image. */
final class Podman implements AutoCloseable {
    static final String IMAGE = "localhost/busybox:test";

    private static final String JSON = "runtime_supports_json = [\"troupe\"]";

    private final Path storage;
    private final Path settings;
    private final Function<List<String>, Call> caller;

    /** Root's. */
    Podman(Path runtime) throws IOException {
        this(runtime, JSON);
    }

    /** Root's, who has not told podman more of Troupe than where it is: it reads failures from standard error. */
    static Podman withoutJson(Path runtime) throws IOException {
        return new Podman(runtime, "");
    }

    private Podman(Path runtime, String setting) throws IOException {
        this(Files.createTempDirectory("troupe-podman-"), runtime, setting, Call::new);
        importImage();
    }

    private Podman(Path storage, Path runtime, String setting, Function<List<String>, Call> caller) throws IOException {
        this.storage = storage;
        this.caller = caller;
        // Its defaults ask for more open files than a host without CAP_SYS_RESOURCE grants, whatever the runtime.
        settings = Files.writeString(storage.resolve("containers.conf"), """
                [containers]
                default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
                [engine]
                runtime = "troupe"
                %s
                runtime_supports_nocgroup = ["troupe"]
                [engine.runtimes]
                troupe = ["%s"]
                """.formatted(setting, runtime));
    }

    /** A user's, in his home, with Troupe as he finds it: its directories are the default ones. */
    static Podman of(Somebody somebody) throws IOException {
        Path storage = Files.createDirectory(somebody.home().resolve("podman"));
        Podman podman = new Podman(storage, Troupe.BINARY, JSON, words -> {
            List<String> all = new ArrayList<>(List.of("env", "XDG_RUNTIME_DIR=" + storage.resolve("runtime")));
            all.addAll(words);
            return somebody.call(all.toArray(String[]::new));
        });
        Files.createDirectory(storage.resolve("runtime"));
        somebody.owns(storage);
        podman.importImage();
        return podman;
    }

    private void importImage() throws IOException {
        Path files = Host.openDirectory(Files.createTempDirectory("troupe-image-"));
        Bundle.makeRootFileSystem(files.resolve("rootfs"));
        String archive = files.resolve("busybox.tar").toString();
        Call.of("tar", "-C", files.resolve("rootfs").toString(), "-cf", archive, ".")
                .run()
                .succeeds();
        podman("import", archive, IMAGE).succeeds();
        Call.of("rm", "-rf", "--one-file-system", files.toString()).run().succeeds();
    }

    /** {@return a place for files of the test, removed with the storage} */
    Path storage() {
        return storage;
    }

    /** {@return how a podman command ended} */
    Result podman(String... arguments) {
        return call(arguments).run();
    }

    Call call(String... arguments) {
        return caller.apply(words(arguments));
    }

    /** {@return the words of a podman command} */
    List<String> words(String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "CONTAINERS_CONF=" + settings,
                "podman",
                "--root",
                storage.resolve("root").toString(),
                "--runroot",
                storage.resolve("run").toString(),
                "--storage-driver",
                "vfs",
                "--cgroup-manager",
                cgroups()));
        words.addAll(List.of(arguments));
        return words;
    }

    /** With cgroupfs, podman 4 gives a pod's cgroup of version 2 a program that allows no device, whatever the runtime is. */
    private static String cgroups() {
        return Host.hasUnifiedCgroups() && Files.exists(Path.of("/run/systemd/system")) ? "systemd" : "cgroupfs";
    }

    /** {@return how a container without a network ended} */
    Result run(String... arguments) {
        return podman(running(arguments));
    }

    /** Starts a container that stays. */
    void detached(String name, String... command) {
        List<String> words = new ArrayList<>(List.of("--detach", "--name", name, IMAGE));
        words.addAll(List.of(command));
        run(words.toArray(String[]::new)).succeeds();
    }

    /** {@return a command on a terminal} */
    Call onTerminal(String... arguments) {
        return caller.apply(Terminal.words(words(arguments)));
    }

    /** {@return the words of {@link #run}} */
    static String[] running(String... arguments) {
        List<String> words = new ArrayList<>(List.of("run", "--network", "none"));
        words.addAll(List.of(arguments));
        return words.toArray(String[]::new);
    }

    /** {@return a field of podman inspect} */
    String inspect(String container, String field) {
        return podman("inspect", "--format", "{{" + field + "}}", container)
                .succeeds()
                .out()
                .strip();
    }

    /** Removes pods, containers and images. */
    void removeAll() {
        podman("pod", "rm", "--all", "--force", "--time", "0").succeeds();
        podman("rm", "--all", "--force", "--time", "0").succeeds();
        podman("rmi", "--all", "--force").succeeds();
    }

    @Override
    public void close() {
        removeAll();
        // conmon has podman tidy up once more after each container, in its own time.
        String remove = """
                for i in 1 2 3; do
                    for tidying in $(pgrep --full "$1/.* container cleanup"); do
                        tail --pid=$tidying --sleep-interval=0.01 -f /dev/null
                    done
                    rm -rf --one-file-system "$0" && exit 0
                done
                exit 1""";
        String pattern = "[/]" + storage.toString().substring(1); // it is not to find itself
        Call.of("sh", "-c", remove, storage.toString(), pattern).run().succeeds();
    }
}
