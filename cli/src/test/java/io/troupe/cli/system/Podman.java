package io.troupe.cli.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** podman with storage and settings of its own, and a busybox image. */
final class Podman implements AutoCloseable {
    static final String IMAGE = "localhost/busybox:test";

    private final Path storage;
    private final Path settings;
    private final Path runtime;

    Podman(Path runtime) throws IOException {
        this.runtime = runtime;
        storage = Files.createTempDirectory("troupe-podman-");
        // Its defaults ask for more open files than a host without CAP_SYS_RESOURCE grants, whatever the runtime.
        settings = Files.writeString(
                storage.resolve("containers.conf"),
                "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n");
        Path root = storage.resolve("busybox");
        Bundle.makeRootFileSystem(root);
        String archive = storage.resolve("busybox.tar").toString();
        Call.of("tar", "-C", root.toString(), "-cf", archive, ".").run().succeeds();
        podman("import", archive, IMAGE).succeeds();
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
        List<String> words = new ArrayList<>(List.of(
                "podman",
                "--root",
                storage.resolve("root").toString(),
                "--runroot",
                storage.resolve("run").toString(),
                "--storage-driver",
                "vfs",
                "--cgroup-manager",
                "cgroupfs",
                "--runtime",
                runtime.toString()));
        words.addAll(List.of(arguments));
        return new Call(words).with("CONTAINERS_CONF", settings.toString());
    }

    /** {@return a field of podman inspect} */
    String inspect(String container, String field) {
        return podman("inspect", "--format", "{{" + field + "}}", container)
                .succeeds()
                .out()
                .strip();
    }

    @Override
    public void close() {
        podman("pod", "rm", "--all", "--force", "--time", "0").succeeds();
        podman("rm", "--all", "--force", "--time", "0").succeeds();
        podman("rmi", "--all", "--force").succeeds();
        Call.of("rm", "-rf", storage.toString()).run().succeeds();
    }
}
