package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.host.Cgroups;
import io.troupe.supervisor.registry.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The processes of a container. Their table is made by the host's ps(1), since its options, which are many, are the
 * command's own; it runs as a child with a deadline, so that one that hangs on a broken /proc harms its caller alone.
 */
final class Processes {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final List<String> DEFAULT_OPTIONS = List.of("-ef");
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin";
    private static final Executor ELSEWHERE =
            work -> Thread.ofVirtual().name("ps").start(work);

    private final Registry registry;

    Processes(Registry registry) {
        this.registry = registry;
    }

    Reply ps(Request.Ps request, Session session) throws ClientGone {
        Set<Integer> pids = pids(request.name());
        List<String> options = request.options();
        List<String> table = options == null
                ? List.of()
                : about(pids, lines(options.isEmpty() ? DEFAULT_OPTIONS : options, session));
        return new Reply.Processes(List.copyOf(pids), table);
    }

    /** {@return the processes of its cgroups; where it has none, its own alone} */
    private Set<Integer> pids(ContainerName name) {
        ContainerState.Present state = registry.find(name).orElseThrow(() -> Queries.missing(name));
        List<String> cgroups = state.life().blueprint().footprint().cgroups();
        try {
            Set<Integer> pids = new TreeSet<>(Cgroups.processes(cgroups));
            if (cgroups.isEmpty() && state instanceof ContainerState.Alive alive) {
                pids.add(alive.process().pid());
            }
            return pids;
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM, "container " + name, "its cgroup cannot be read: " + problem.getMessage(), "");
        }
    }

    /** {@return the header and the lines of these processes} */
    static List<String> about(Set<Integer> pids, List<String> lines) {
        int column = lines.isEmpty() ? -1 : words(lines.getFirst()).indexOf("PID");
        if (column < 0) {
            throw new FailureException(
                    FailureCode.USAGE, "ps", "its output has no column PID", "Ask for it: -o pid,args");
        }
        List<String> out = new ArrayList<>();
        out.add(lines.getFirst());
        for (String line : lines.subList(1, lines.size())) {
            List<String> words = words(line);
            if (words.size() > column && isOneOf(pids, words.get(column))) {
                out.add(line);
            }
        }
        return out;
    }

    private static boolean isOneOf(Set<Integer> pids, String word) {
        return word.chars().allMatch(Character::isDigit) && word.length() < 10 && pids.contains(Integer.valueOf(word));
    }

    private static List<String> words(String line) {
        return Arrays.asList(line.strip().split("\\s+", -1));
    }

    private static List<String> lines(List<String> options, Session session) throws ClientGone {
        Process process = start(options);
        try {
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> output(process), ELSEWHERE);
            return session.await(output, "ps", DEADLINE).lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> options) {
        List<String> words = new ArrayList<>(List.of("ps"));
        words.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", PATH);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    "ps",
                    "the host's ps cannot be run: " + problem.getMessage(),
                    "Install it (procps), or use --format json");
        }
    }

    private static String output(Process process) {
        try {
            byte[] bytes = process.getInputStream().readNBytes(MOST_BYTES);
            String text = new String(bytes, StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new FailureException(
                        FailureCode.USAGE,
                        "ps",
                        "the host's ps ended with status " + status + ": "
                                + text.lines()
                                        .filter(line -> !line.isBlank())
                                        .findFirst()
                                        .orElse("no word"),
                        "See ps --help");
            }
            return text;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } catch (InterruptedException problem) {
            throw new IllegalStateException("the supervisor is ending", problem);
        }
    }
}
