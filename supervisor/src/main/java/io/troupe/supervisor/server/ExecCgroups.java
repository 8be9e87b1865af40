package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.Cpusets;
import io.troupe.supervisor.process.Footprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cgroups that an exec enters: the container's, or existing ones below them by {@code --cgroup}. On version 1 a path
 * holds for the controllers before its colon, or for all; on version 2 there is one path and no controller.
 */
final class ExecCgroups {
    private static final String PROCS = "/cgroup.procs";
    private static final String TASKS = "/tasks";
    private static final String UNIFIED = "0::";

    private final CgroupLayout layout;
    private final List<String> own;
    private final List<String> spare;
    private final Path membership;

    /**
     * @param footprint of the container
     * @param membership /proc/PID/cgroup of its process
     */
    ExecCgroups(CgroupLayout layout, Footprint footprint, Path membership) throws IOException {
        this.layout = layout;
        this.own = new ArrayList<>(footprint.cgroups());
        this.spare = new ArrayList<>();
        for (String directory : footprint.spare()) {
            (Cpusets.isReady(Path.of(directory)) ? own : spare).add(directory);
        }
        this.membership = membership;
    }

    /**
     * {@return the files that take who enters}
     *
     * @param wanted the values of {@code --cgroup}
     * @throws FailureException USAGE, if one cannot be meant
     */
    List<String> files(List<String> wanted) throws IOException {
        if (wanted.isEmpty() && layout.isUnified() && !own.isEmpty() && !canBeEntered(Path.of(own.getFirst()))) {
            return List.of(ofItsProcess() + PROCS);
        }
        Map<String, String> below = new HashMap<>();
        wanted.forEach(value -> add(value, below, wanted.size() == 1));
        List<String> files = new ArrayList<>();
        for (String directory : own) {
            String chosen = below.getOrDefault(directory, directory);
            if (!chosen.equals(directory) && !Files.isDirectory(Path.of(chosen))) {
                throw wrong(chosen, "there is no such cgroup", "Make it first, or name one that is there");
            }
            files.add(chosen + (layout.isUnified() ? PROCS : TASKS));
        }
        return files;
    }

    /**
     * Moves who entered into those that an update has made since: it looked for processes in the others, perhaps too early
     * to see this one.
     */
    void follow() throws IOException {
        for (String directory : spare) {
            if (Cpusets.isReady(Path.of(directory))) {
                Cpusets.gather(Path.of(directory), own);
            }
        }
    }

    /**
     * An init system in a container divides its cgroup of version 2, which then takes no process of its own (cgroups(7),
     * "no internal processes"), or removes it.
     */
    private static boolean canBeEntered(Path cgroup) throws IOException {
        Path passedOn = cgroup.resolve("cgroup.subtree_control");
        return Files.exists(passedOn) && Files.readString(passedOn).isBlank();
    }

    private String ofItsProcess() throws IOException {
        String path = Files.readAllLines(membership).stream()
                .filter(line -> line.startsWith(UNIFIED))
                .map(line -> line.substring(UNIFIED.length()))
                .findFirst()
                .orElseThrow(() -> new IOException(membership + " names no cgroup of version 2"));
        return layout.unified().orElseThrow().directory(path);
    }

    private void add(String value, Map<String, String> below, boolean alone) {
        int colon = value.indexOf(':');
        if (colon < 0) {
            if (!alone) {
                throw wrong(value, "it names no controller", "Write CONTROLLER:PATH, or give --cgroup once");
            }
            own.forEach(directory -> below.put(directory, inner(directory, value)));
            return;
        }
        if (layout.isUnified()) {
            throw wrong(
                    value, "cgroups of version 2 have no controllers of their own", "Leave out what precedes the :");
        }
        for (String controller : value.substring(0, colon).split(",", -1)) {
            String directory = directoryOf(controller, value);
            String chosen = inner(directory, value.substring(colon + 1));
            String before = below.putIfAbsent(directory, chosen);
            if (before != null && !before.equals(chosen)) {
                throw wrong(value, "its controller has another path already", "Name each controller once");
            }
        }
    }

    private String directoryOf(String controller, String value) {
        Optional<Hierarchy> hierarchy = layout.hierarchyOf(controller);
        return hierarchy
                .flatMap(found -> own.stream()
                        .filter(directory -> directory.startsWith(found.mountPoint() + "/"))
                        .findFirst())
                .orElseThrow(() -> wrong(
                        value,
                        "the container has no cgroup of a controller \"" + controller + "\"",
                        "See /proc/PID/cgroup of its process for those it has"));
    }

    private static String inner(String directory, String path) {
        Path base = Path.of(directory);
        Path chosen = Path.of(directory + "/" + path).normalize();
        if (!chosen.startsWith(base)) {
            throw wrong(path, "it leads out of the container's cgroup", "Name a cgroup below that one");
        }
        return chosen.toString();
    }

    private static FailureException wrong(String value, String what, String remedy) {
        return new FailureException(FailureCode.USAGE, "--cgroup " + value, what, remedy);
    }
}
