package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The distribution with directories of its own, hence a supervisor of its own. */
final class Troupe implements AutoCloseable {

    /** The distribution's root; tests run after it has been assembled. */
    static final Path HOME =
            Path.of(System.getProperty("troupe.home", "target/troupe")).toAbsolutePath();

    static final Path BINARY = HOME.resolve("bin/troupe");

    private final Path directory;
    private final Path data;
    private final Map<String, String> environment = new HashMap<>();

    Troupe() {
        this(null);
    }

    /** Keeps the journal elsewhere; null is below {@link #directory}. */
    Troupe(@Nullable Path elsewhere) {
        try {
            directory = Host.openDirectory(Files.createTempDirectory("troupe-it-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        data = elsewhere == null ? directory.resolve("data") : elsewhere;
        environment.put("TROUPE_RUN", runDirectory().toString());
        environment.put("TROUPE_DATA", dataDirectory().toString());
    }

    /** {@return this test's own directory, removed at the end} */
    Path directory() {
        return directory;
    }

    Path runDirectory() {
        return directory.resolve("run");
    }

    Path dataDirectory() {
        return data;
    }

    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    Call call(String... arguments) {
        List<String> words = new ArrayList<>(List.of(BINARY.toString()));
        words.addAll(List.of(arguments));
        return new Call(words).with(environment).in(directory);
    }

    Result run(String... arguments) {
        return call(arguments).run();
    }

    /** Creates and starts a container that runs until it is killed. */
    void runDetached(String id, Bundle bundle) {
        run("run", "--detach", "--bundle", bundle.path().toString(), id).succeeds();
    }

    /** {@return what {@code state} prints} */
    JsonNode state(String id) {
        return run("state", id).succeeds().json();
    }

    String status(String id) {
        return state(id).path("status").asText();
    }

    int pid(String id) {
        return state(id).path("pid").asInt();
    }

    /** Waits until a container has ended and checks what {@code wait} says of it. */
    void endedWith(String id, int status) {
        assertThat(run("wait", id).succeeds().out().strip())
                .as("status of " + id)
                .isEqualTo(Integer.toString(status));
    }

    /** {@return the ids that {@code list} shows} */
    List<String> ids() {
        return run("list", "--quiet").succeeds().out().lines().toList();
    }

    /** {@return pid of the supervisor, which this starts if none runs} */
    int supervisorPid() {
        return run("supervisor", "start", "--format", "json")
                .succeeds()
                .json()
                .path("pid")
                .asInt();
    }

    /** Kills the supervisor with SIGKILL and does not wait: the next command has to cope. */
    void killSupervisor() {
        Call.of("kill", "-9", Integer.toString(supervisorPid())).run().succeeds();
    }

    /** Stops the supervisor, so that the next command starts one with {@code options} for its JVM. */
    void restartWith(String options) {
        run("supervisor", "stop").succeeds();
        environment.put("TROUPE_JAVA_OPTIONS", options);
    }

    /** From now on supervisors start without options. */
    void withoutOptions() {
        environment.remove("TROUPE_JAVA_OPTIONS");
    }

    /** Deletes all containers, by force. {@return their ids} */
    List<String> deleteAll() {
        List<String> ids = ids();
        ids.forEach(id -> run("delete", "--force", id).succeeds());
        return ids;
    }

    /** Fails if journal and host differ in anything. */
    void verifiesClean() {
        run("supervisor", "verify").succeeds();
    }

    /** A script that runs this supervisor's client, for callers that clear the environment, such as podman. */
    Path wrapper() {
        try {
            Path script = directory.resolve("troupe-wrapper");
            Files.writeString(
                    script,
                    "#!/bin/sh\nTROUPE_RUN=%s TROUPE_DATA=%s exec %s \"$@\"\n"
                            .formatted(runDirectory(), dataDirectory(), BINARY));
            return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what is left, checks that the host is clean, stops the supervisor. */
    @Override
    public void close() {
        withoutOptions();
        deleteAll();
        Result verified = run("supervisor", "verify");
        Result stopped = run("supervisor", "stop");
        verified.succeeds();
        stopped.succeeds();
        assertThat(mountsBelow(directory)).isEmpty();
        removeTree(directory);
    }

    private static List<String> mountsBelow(Path directory) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.contains(" " + directory + "/")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void removeTree(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
