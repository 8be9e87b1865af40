package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A dockerd of our own with everything below one directory, without networks, and its client. */
final class Docker implements AutoCloseable {
    static final String IMAGE = "busybox:test";

    private static final List<String> RUN =
            List.of("run", "--runtime", "troupe", "--network", "none", "--ulimit", "nofile=1024:1024");

    private final Path directory;
    private final Process daemon;

    /**
     * Starts the daemon; where it does not start, the test is aborted with what it said last.
     *
     * @param runtime what docker is to call in runc's place
     */
    Docker(Path directory, Path runtime) throws IOException, InterruptedException {
        this.directory = directory;
        try (var watch = directory.getFileSystem().newWatchService()) {
            WatchKey key = directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            daemon = new ProcessBuilder(
                            "dockerd",
                            "--config-file",
                            Files.writeString(directory.resolve("daemon.json"), "{}")
                                    .toString(),
                            "--data-root",
                            directory.resolve("docker-root").toString(),
                            "--exec-root",
                            directory.resolve("docker-exec").toString(),
                            "--pidfile",
                            directory.resolve("docker.pid").toString(),
                            "--host",
                            host(),
                            "--bridge=none",
                            "--iptables=false",
                            "--ip6tables=false",
                            "--storage-driver=vfs",
                            "--add-runtime",
                            "troupe=" + runtime)
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start();
            while (!Files.exists(socket()) && daemon.isAlive()) {
                if (watch.poll(1, TimeUnit.SECONDS) != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        }
        // Its socket is there early and answers late, or never, if what dockerd needs is not there.
        if (docker("version").exit() != 0) {
            close();
            abort("dockerd does not start here: " + Host.lines(log()).getLast());
        }
    }

    private Path log() {
        return directory.resolve("dockerd.log");
    }

    private Path socket() {
        return directory.resolve("docker.sock");
    }

    private String host() {
        return "unix://" + socket();
    }

    /** {@return how a docker command ended} */
    Result docker(String... arguments) {
        return call(arguments).run();
    }

    Call call(String... arguments) {
        return new Call(words(List.of(arguments)));
    }

    /** {@return how {@code docker run} ended, by Troupe and without a network} */
    Result run(String... arguments) {
        return new Call(running(arguments)).run();
    }

    /** The same on a terminal. */
    Result runOnTerminal(String... arguments) {
        return new Call(Terminal.words(running(arguments))).run();
    }

    private List<String> running(String... arguments) {
        List<String> words = new ArrayList<>(RUN);
        words.addAll(List.of(arguments));
        return words(words);
    }

    private List<String> words(List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("docker", "--host", host()));
        words.addAll(arguments);
        return words;
    }

    /** Imports a root file system as {@link #IMAGE}. */
    void importImage(Path rootfs) {
        Path archive = directory.resolve("image.tar");
        Call.of("tar", "-C", rootfs.toString(), "-cf", archive.toString(), ".")
                .run()
                .succeeds();
        docker("import", archive.toString(), IMAGE).succeeds();
    }

    /** {@return a field of docker inspect} */
    String inspect(String container, String field) {
        return docker("inspect", "--format", "{{" + field + "}}", container)
                .succeeds()
                .out()
                .strip();
    }

    @Override
    public void close() throws InterruptedException {
        daemon.destroy();
        assertThat(daemon.waitFor(Call.DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("dockerd ends")
                .isTrue();
    }
}
