package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A containerd of our own with everything below one directory, and its client ctr. */
final class Containerd implements AutoCloseable {
    static final String IMAGE = "docker.io/library/busybox:test";

    /** What io.containerd.runc.v2 passes as --root for ctr's namespace. */
    static final String ROOT = "/run/containerd/runc/default";

    private static final List<String> PLUGINS_THAT_NEED_A_NETWORK = List.of("io.containerd.grpc.v1.cri");

    private final Path directory;
    private final Path runtime;
    private final Process daemon;

    /** @param runtime what containerd is to call in runc's place */
    Containerd(Path directory, Path runtime) throws IOException, InterruptedException {
        this.directory = directory;
        this.runtime = runtime;
        Path settings = Files.writeString(
                directory.resolve("containerd.toml"),
                "version = 2\ndisabled_plugins = [\"" + String.join("\", \"", PLUGINS_THAT_NEED_A_NETWORK) + "\"]\n");
        try (var watch = directory.getFileSystem().newWatchService()) {
            WatchKey key = directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            daemon = new ProcessBuilder(
                            "containerd",
                            "--config",
                            settings.toString(),
                            "--root",
                            directory.resolve("containerd-root").toString(),
                            "--state",
                            directory.resolve("containerd-state").toString(),
                            "--address",
                            socket().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("containerd.log").toFile())
                    .start();
            while (!Files.exists(socket())) {
                assertThat(watch.poll(Call.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                        .as("containerd listens")
                        .isNotNull();
                key.pollEvents();
                key.reset();
            }
        }
    }

    private Path socket() {
        return directory.resolve("containerd.sock");
    }

    /** {@return how a ctr command ended} */
    Result ctr(String... arguments) {
        return new Call(words(arguments)).run();
    }

    /** {@return {@code ctr run} of the busybox image, with {@code options} before its name} */
    Result run(List<String> options, String... idAndCommand) {
        return new Call(runWords(options, idAndCommand)).run();
    }

    /** {@return the words of {@link #run}} */
    List<String> runWords(List<String> options, String... idAndCommand) {
        List<String> words = words("run", "--snapshotter", "native", "--runc-binary", runtime.toString());
        words.addAll(options);
        words.add(IMAGE);
        words.addAll(List.of(idAndCommand));
        return words;
    }

    private List<String> words(String... arguments) {
        List<String> words = new ArrayList<>(List.of("ctr", "--address", socket().toString()));
        words.addAll(List.of(arguments));
        return words;
    }

    /** Imports a root file system as {@link #IMAGE}, in the form of {@code docker save}. */
    void importImage(Path rootfs) throws IOException {
        Path image = Files.createDirectory(directory.resolve("image"));
        tar(rootfs, image.resolve("layer.tar"));
        Files.writeString(image.resolve("config.json"), """
                {"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/bin"], "Cmd": ["sh"]},
                 "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
                """.formatted(sha256(image.resolve("layer.tar"))));
        Files.writeString(
                image.resolve("manifest.json"),
                "[{\"Config\": \"config.json\", \"RepoTags\": [\"" + IMAGE + "\"], \"Layers\": [\"layer.tar\"]}]");
        tar(image, directory.resolve("image.tar"));
        ctr(
                        "images",
                        "import",
                        "--snapshotter",
                        "native",
                        directory.resolve("image.tar").toString())
                .succeeds();
    }

    private static void tar(Path directory, Path archive) {
        Call.of("tar", "-C", directory.toString(), "-cf", archive.toString(), ".")
                .run()
                .succeeds();
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** {@return the state that ctr shows of a task, such as RUNNING; empty without one} */
    String taskStatus(String id) {
        return ctr("task", "ls")
                .succeeds()
                .out()
                .lines()
                .map(line -> line.split("\\s+"))
                .filter(fields -> fields[0].equals(id))
                .map(fields -> fields[2])
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() throws InterruptedException {
        daemon.destroy();
        assertThat(daemon.waitFor(Call.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("containerd ends")
                .isTrue();
    }
}
