package io.troupe.supervisor.server;

import io.troupe.launch.LaunchPlan;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.ConfigReader;
import io.troupe.supervisor.bundle.MountEntry;
import io.troupe.supervisor.container.Answer;
import io.troupe.supervisor.container.ContainerCommand;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.plan.MountPlans;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Changes the mounts of containers that live. A plan that fails halfway leaves the mounts that were done. */
final class HotMounts {
    private static final String WORD = "mounts";

    private final Containers containers;
    private final Machinery machinery;

    HotMounts(Containers containers, Machinery machinery) {
        this.containers = containers;
        this.machinery = machinery;
    }

    void change(Request.ChangeMounts request, Session session, Replies replies) throws ClientGone {
        ContainerName name = request.name();
        byte[] json = read(request.file());
        Answer.Snapshot snapshot = (Answer.Snapshot) containers.ask(session, name, new ContainerCommand.Query(), WORD);
        ContainerState.Alive alive = alive(name, snapshot.state());
        Change change = request.add()
                ? add(ConfigReader.mounts(json, alive.life().blueprint().bundle()))
                : remove(ConfigReader.destinations(json));
        try (Pidfd target = machinery.open(alive.process())) {
            new Conversation(session, _ -> {})
                    .carryOut(change.plan(), _ -> {}, machinery.binary(), target.descriptor());
        } catch (StepFailedException problem) {
            Failure failure = Wordings.failure(name, change.plan(), problem.failure());
            record(request, change, failure.what(), session);
            throw new FailureException(failure);
        } catch (IOException problem) {
            throw new FailureException(new Failure(
                    FailureCode.WRONG_STATE, "container " + name, "cannot change mounts: " + problem.getMessage(), ""));
        }
        record(request, change, "", session);
        replies.reply(new Reply.Done());
    }

    /** What is to be done, and where. */
    private record Change(LaunchPlan plan, List<String> destinations) {}

    private static Change add(List<MountEntry> mounts) {
        return new Change(
                MountPlans.add(mounts),
                mounts.stream().map(MountEntry::destination).toList());
    }

    private static Change remove(List<String> destinations) {
        return new Change(MountPlans.remove(destinations), destinations);
    }

    private void record(Request.ChangeMounts request, Change change, String problem, Session session)
            throws ClientGone {
        containers.ask(
                session,
                request.name(),
                new ContainerCommand.RecordMounts(request.add(), change.destinations(), problem),
                WORD);
    }

    private static ContainerState.Alive alive(ContainerName name, ContainerState.Present state) {
        if (state instanceof ContainerState.Alive alive) {
            return alive;
        }
        throw new FailureException(
                FailureCode.WRONG_STATE,
                "container " + name,
                "cannot change mounts: it has no process",
                "See \"troupe state " + name.id() + "\"");
    }

    private static byte[] read(String file) {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    file,
                    problem instanceof NoSuchFileException
                            ? "it is missing"
                            : "it cannot be read: " + problem.getMessage(),
                    "Name a readable JSON file with a list of mounts");
        }
    }
}
