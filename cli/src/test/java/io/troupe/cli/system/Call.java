package io.troupe.cli.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command about to be run. Its output goes to files, so that whoever inherits a descriptor cannot hold up the test. */
final class Call {

    /** Longer where the processor is emulated. */
    static final Duration DEADLINE = Duration.ofSeconds(Long.getLong("troupe.deadline", 60));

    private final List<String> words;
    private final Map<String, String> environment = new HashMap<>();
    private String input = "";
    private Path directory = Path.of("/");

    Call(List<String> words) {
        this.words = List.copyOf(words);
    }

    static Call of(String... words) {
        return new Call(List.of(words));
    }

    Call with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Call with(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    Call in(Path workingDirectory) {
        directory = workingDirectory;
        return this;
    }

    Call reading(String text) {
        input = text;
        return this;
    }

    /** Runs it to its end, or kills it after {@link #DEADLINE} and fails. */
    Result run() {
        return start().await();
    }

    Running start() {
        try {
            Path out = Files.createTempFile("troupe-it-", ".out");
            Path err = Files.createTempFile("troupe-it-", ".err");
            Path in = Files.writeString(Files.createTempFile("troupe-it-", ".in"), input);
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words))
                    .directory(directory.toFile())
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new Running(words, builder.start(), List.of(in, out, err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A command that runs.
     *
     * @param files its standard input, output and error
     */
    record Running(List<String> words, Process process, List<Path> files) {

        Result await() {
            try {
                boolean ended = process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                Result result = new Result(
                        words, process.exitValue(), Files.readString(files.get(1)), Files.readString(files.get(2)));
                for (Path file : files) {
                    Files.delete(file);
                }
                if (!ended) {
                    throw new AssertionError("not over after " + DEADLINE + ": " + result);
                }
                return result;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        /** Ends it with SIGKILL. */
        Result kill() {
            process.destroyForcibly();
            return await();
        }
    }
}
