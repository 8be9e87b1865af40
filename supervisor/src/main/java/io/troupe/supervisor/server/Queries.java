package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.HistoryEntry;
import io.troupe.protocol.Reply;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.ExampleConfig;
import io.troupe.supervisor.container.ContainerEntity;
import io.troupe.supervisor.container.ContainerEvent;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Explanations;
import io.troupe.supervisor.container.Fact;
import io.troupe.supervisor.container.Narrative;
import io.troupe.supervisor.journal.EventSerializer;
import io.troupe.supervisor.journal.FeedListener;
import io.troupe.supervisor.journal.Journal;
import io.troupe.supervisor.journal.JournalEntry;
import io.troupe.supervisor.plan.PlanText;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.recovery.Verifier;
import io.troupe.supervisor.registry.Registry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Questions that change nothing: answered from the registry's states and the journal. */
final class Queries {
    /** Entries that a slow reader may be behind before its subscription waits for it. */
    private static final int MOST_AHEAD = 256;

    private static final int PAGE = 512;

    private final Registry registry;
    private final Journal journal;
    private final Preparation preparation;
    private final Verifier verifier;
    private final SupervisorFacts facts;

    Queries(Registry registry, Journal journal, Preparation preparation, Verifier verifier, SupervisorFacts facts) {
        this.registry = registry;
        this.journal = journal;
        this.preparation = preparation;
        this.verifier = verifier;
        this.facts = facts;
    }

    Reply state(ContainerName name) {
        return States.shown(name, registry.find(name).orElseThrow(() -> missing(name)));
    }

    Reply list(String root) {
        return new Reply.Listing(registry.list(root).stream()
                .map(entry -> States.shown(entry.name(), entry.state()))
                .toList());
    }

    Reply history(ContainerName name) {
        return new Reply.Life(name, life(name));
    }

    Reply why(ContainerName name) {
        List<JournalEntry> entries = entries(name);
        ContainerState state = ContainerState.initial();
        for (JournalEntry entry : entries) {
            state = state.after(EventSerializer.fact(entry));
        }
        return Explanations.explain(name, entries.stream().map(Queries::shown).toList(), state);
    }

    void events(Request.Events request, Session session, Replies replies) throws ClientGone {
        if (request.follow()) {
            follow(request.since(), session, replies);
            return;
        }
        long offset = request.since();
        List<JournalEntry> page = journal.queries().since(offset, PAGE);
        while (!page.isEmpty()) {
            for (JournalEntry entry : page) {
                replies.reply(new Reply.Event(shown(entry)));
            }
            offset = page.getLast().offset();
            page = journal.queries().since(offset, PAGE);
        }
        replies.reply(new Reply.Done());
    }

    /** Until the caller leaves, which is the only end. */
    private void follow(long since, Session session, Replies replies) throws ClientGone {
        LinkedBlockingQueue<JournalEntry> ahead = new LinkedBlockingQueue<>();
        Semaphore room = new Semaphore(MOST_AHEAD);
        Follower follower = new Follower(ahead, room);
        try (var _ = journal.feed().subscribe(since, follower)) {
            while (true) {
                session.await(follower.next(), "events", Mailbox.FOR_EVER);
                for (JournalEntry entry = ahead.poll(); entry != null; entry = ahead.poll()) {
                    replies.reply(new Reply.Event(shown(entry)));
                    room.release();
                }
            }
        } finally {
            follower.leave();
        }
    }

    /** Hands entries from the feed's thread to the session's. */
    private static final class Follower implements FeedListener {
        private final LinkedBlockingQueue<JournalEntry> ahead;
        private final Semaphore room;
        private CompletableFuture<Void> next = new CompletableFuture<>();

        Follower(LinkedBlockingQueue<JournalEntry> ahead, Semaphore room) {
            this.ahead = ahead;
            this.room = room;
        }

        /** {@return completed when there is something to take} */
        synchronized CompletableFuture<Void> next() {
            if (next.isDone()) {
                next = ahead.isEmpty() ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
            }
            return next;
        }

        void leave() {
            room.release(MOST_AHEAD);
        }

        @Override
        public void committed(JournalEntry entry) {
            room.acquireUninterruptibly();
            ahead.add(entry);
            synchronized (this) {
                next.complete(null);
            }
        }

        @Override
        public synchronized void failed(Failure failure) {
            next.completeExceptionally(new FailureException(failure));
        }
    }

    Reply plan(Request.Plan request, Session session) {
        return PlanText.listing(preparation.plan(request, session));
    }

    Reply spec(Request.Spec request, Session session) {
        String text = request.rootless()
                ? ExampleConfig.rootless(session.peer().uid(), session.peer().gid())
                : ExampleConfig.json();
        Path file = Path.of(request.file());
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            return new Reply.Written(file.toString());
        } catch (FileAlreadyExistsException _) {
            throw new FailureException(
                    FailureCode.ALREADY_EXISTS,
                    file.toString(),
                    "it exists",
                    "Move it away, or choose another directory");
        } catch (NoSuchFileException _) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    Objects.toString(file.getParent()),
                    "it is not there",
                    "Make it, or choose another directory");
        } catch (FileSystemException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    file.toString(),
                    "cannot write it: " + Objects.requireNonNullElse(problem.getReason(), "access is denied"),
                    "Choose another directory");
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    file.toString(),
                    "cannot write it: " + problem.getMessage(),
                    "Choose another directory");
        }
    }

    Reply info() {
        return facts.information(journal.queries().counts());
    }

    Reply status() {
        return facts.status(registry.counts());
    }

    Reply verify() {
        List<String> lines = new ArrayList<>(journal.queries().check());
        try {
            Reply.Findings found = verifier.verify(formerFootprints());
            lines.addAll(found.lines());
            return new Reply.Findings(found.checked(), lines);
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM, "verify", "the host cannot be looked at: " + problem.getMessage(), "Try again");
        }
    }

    /** Footprints of containers that are gone: nothing of them may be left. */
    private List<Footprint> formerFootprints() {
        List<Footprint> former = new ArrayList<>();
        long offset = 0;
        List<JournalEntry> page = journal.queries().since(offset, PAGE);
        while (!page.isEmpty()) {
            for (JournalEntry entry : page) {
                Footprint footprint = footprint(entry);
                if (footprint != null) {
                    former.add(footprint);
                }
            }
            offset = page.getLast().offset();
            page = journal.queries().since(offset, PAGE);
        }
        Set<Footprint> present = registry.all().stream()
                .map(entry -> entry.state().life().blueprint().footprint())
                .collect(Collectors.toSet());
        return former.stream()
                .distinct()
                .filter(footprint -> !present.contains(footprint))
                .toList();
    }

    private static @Nullable Footprint footprint(JournalEntry entry) {
        return EventSerializer.fact(entry).event() instanceof ContainerEvent.CreateRequested(var blueprint)
                ? blueprint.footprint()
                : null;
    }

    /** Ends the supervisor; the caller is told when the next one may start. */
    void stop(Replies replies) throws ClientGone {
        Departure.with(facts, () -> replies.reply(new Reply.Done()));
    }

    private List<HistoryEntry> life(ContainerName name) {
        return entries(name).stream().map(Queries::shown).toList();
    }

    private List<JournalEntry> entries(ContainerName name) {
        List<JournalEntry> entries =
                journal.queries().events(ContainerEntity.persistenceId(name).id());
        if (entries.isEmpty()) {
            throw new FailureException(
                    FailureCode.NOT_FOUND,
                    "container " + name,
                    "it does not exist",
                    "See \"troupe list\", or \"troupe events\" for what there was");
        }
        return entries;
    }

    private static HistoryEntry shown(JournalEntry entry) {
        Fact fact = EventSerializer.fact(entry);
        return Narrative.entry(entry.offset(), entry.sequence(), ContainerEntity.nameOf(entry.persistenceId()), fact);
    }

    static FailureException missing(ContainerName name) {
        return new FailureException(
                FailureCode.NOT_FOUND, "container " + name, "it does not exist", "See \"troupe list\"");
    }
}
