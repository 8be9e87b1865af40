package io.troupe.supervisor.server;

import io.troupe.launch.Bytecode;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.ConfigReader;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.plan.DeviceUpdate;
import io.troupe.supervisor.plan.ResourceUpdate;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.LimitChange;
import io.troupe.supervisor.registry.Registry;
import io.troupe.syscall.DeviceFilter;
import io.troupe.syscall.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** New limits for a container that lives. */
final class Updates {
    private static final Duration INPUT = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 1 << 20;

    private final Containers containers;
    private final Registry registry;
    private final LiveHost host;

    Updates(Containers containers, Registry registry, LiveHost host) {
        this.containers = containers;
        this.registry = registry;
        this.host = host;
    }

    void update(Request.Update request, Session session, Replies replies) throws ClientGone {
        Request.Limits limits = request.limits();
        Resources wanted = limits == null ? Resources.NONE : read(limits, session);
        Blueprint blueprint = registry.find(request.name())
                .orElseThrow(() -> Queries.missing(request.name()))
                .life()
                .blueprint();
        List<LimitChange> changes = new ArrayList<>(changes(wanted, blueprint));
        changes.addAll(new GroupUpdate(request, blueprint, host.now().resctrl()).changes());
        if (!changes.isEmpty()) {
            containers.ask(session, request.name(), new ContainerCommand.Update(changes), "update");
        }
        replies.reply(new Reply.Done());
    }

    private static Resources read(Request.Limits limits, Session session) throws ClientGone {
        return switch (limits) {
            case Request.Limits.Given(String json) ->
                ConfigReader.resources("update", json.getBytes(StandardCharsets.UTF_8));
            case Request.Limits.InFile(String path) -> ConfigReader.resources(path, bytes(Path.of(path)));
            case Request.Limits.OnStandardInput _ -> ConfigReader.resources("standard input", input(session));
        };
    }

    private static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MOST_BYTES);
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    file.toString(),
                    problem instanceof NoSuchFileException
                            ? "it is missing"
                            : "it cannot be read: " + problem.getMessage(),
                    "Name a readable JSON file after --resources, or -");
        }
    }

    /** The client's own standard input, a file or a pipe, which stays open while the client waits for the answer. */
    private static byte[] input(Session session) throws ClientGone {
        Path descriptor = Path.of("/proc", Integer.toString(session.peer().pid()), "fd", "0");
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("standard-input").start(() -> {
            try (InputStream in = Files.newInputStream(descriptor)) {
                read.complete(in.readNBytes(MOST_BYTES));
            } catch (IOException problem) {
                read.completeExceptionally(new FailureException(
                        FailureCode.SYSTEM,
                        "standard input",
                        "it cannot be read: " + problem.getMessage(),
                        "Use a pipe, or name a file"));
            }
        });
        return session.await(read, "standard input", INPUT);
    }

    /** Engines send all of their limits, with the device rules that the container has: those are no change. */
    private List<LimitChange> devices(Resources wanted, Blueprint blueprint) {
        return DeviceUpdate.of(
                        wanted.devices(), host.now(), blueprint.footprint().cgroups(), Updates::text)
                .flatMap(Updates::change)
                .stream()
                .toList();
    }

    private static Optional<LimitChange> change(DeviceUpdate update) {
        return switch (update.way()) {
            case DeviceUpdate.Lines(var there, var _) when there.isEmpty() -> Optional.empty();
            case DeviceUpdate.Lines(var there, var back) ->
                Optional.of(new LimitChange.DeviceLines(update.text(), lines(there), lines(back)));
            case DeviceUpdate.Program(var code) when rules(update.directory(), code) -> Optional.empty();
            case DeviceUpdate.Program(var code) ->
                Optional.of(new LimitChange.DeviceProgram(update.text(), update.directory(), code));
        };
    }

    private static List<LimitChange.Line> lines(List<DeviceUpdate.Line> lines) {
        return lines.stream()
                .map(line -> new LimitChange.Line(line.file(), line.text()))
                .toList();
    }

    private static boolean rules(String cgroup, Bytecode code) {
        try {
            return Files.exists(Path.of(cgroup)) && DeviceFilter.isAttached(Path.of(cgroup), code.bytes());
        } catch (SyscallException problem) {
            throw new FailureException(FailureCode.SYSTEM, "update: devices", String.valueOf(problem.getMessage()), "");
        }
    }

    private List<LimitChange> changes(Resources wanted, Blueprint blueprint) {
        List<String> cgroups = blueprint.footprint().allCgroups();
        CgroupLayout layout = host.now().cgroups();
        try {
            List<LimitChange> changes = new ArrayList<>();
            ResourceUpdate update = new ResourceUpdate(layout, cgroups, Updates::text);
            for (ResourceUpdate.Change change : update.changes(wanted)) {
                if (layout.isUnified()) {
                    passOn(change, layout.unified().orElseThrow().mountPoint());
                }
                changes.add(new LimitChange.InFile(change.field(), change.files(), change.values()));
            }
            changes.addAll(devices(wanted, blueprint));
            changes = withSpare(changes, blueprint.footprint(), layout);
            String unit = blueprint.footprint().scope();
            if (!unit.isEmpty() && !changes.isEmpty()) {
                changes.add(new LimitChange.InUnit(unit, update.properties(wanted)));
            }
            return changes;
        } catch (FailureException problem) {
            var failure = problem.failure();
            throw new FailureException(
                    failure.code(),
                    failure.where().replace("config.json: linux.resources.", "update: "),
                    failure.what(),
                    failure.remedy());
        }
    }

    /** A limit in a hierarchy that the container is not in yet has it enter. */
    private static List<LimitChange> withSpare(List<LimitChange> changes, Footprint footprint, CgroupLayout layout) {
        List<LimitChange> all = new ArrayList<>(changes);
        for (String directory : footprint.spare()) {
            if (changes.stream().anyMatch(change -> isIn(directory, change))) {
                String top = layout.hierarchyOf("cpuset").orElseThrow().mountPoint();
                all.addFirst(new LimitChange.Cpuset(top, directory));
                all.add(new LimitChange.Gathering(directory, footprint.cgroups()));
            }
        }
        return all;
    }

    private static boolean isIn(String directory, LimitChange change) {
        return change instanceof LimitChange.InFile file
                && file.files().getFirst().startsWith(directory + "/");
    }

    private static Optional<String> text(String file) {
        try {
            return Optional.of(Files.readString(Path.of(file)).stripTrailing());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** A container that was created without a limit may lack the files for it: all above have to pass its controller on. */
    private static void passOn(ResourceUpdate.Change change, String mountPoint) {
        boolean there = change.files().stream().anyMatch(file -> Files.exists(Path.of(file)));
        if (there || change.controller().isEmpty()) {
            return;
        }
        Path root = Path.of(mountPoint);
        List<Path> above = new ArrayList<>();
        Path at = Path.of(change.directory()).getParent();
        while (at != null && at.startsWith(root)) {
            above.addFirst(at);
            at = at.getParent();
        }
        for (Path cgroup : above) {
            try {
                Files.writeString(cgroup.resolve("cgroup.subtree_control"), "+" + change.controller());
            } catch (IOException problem) {
                throw new FailureException(
                        FailureCode.SYSTEM,
                        "update: " + change.field(),
                        "the controller " + change.controller() + " cannot be had in " + cgroup + ": "
                                + problem.getMessage(),
                        "Create the container with such a limit");
            }
        }
    }
}
