package io.troupe.supervisor.journal;

import io.troupe.protocol.FailureException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed events of all streams, in order, without gap or duplicate, as they come. The newest ones are kept in
 * memory; a subscriber that is further behind reads from the database until it has caught up. The writer waits for
 * nobody.
 */
public final class JournalFeed {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFeed.class);
    /** How many of the newest events are kept in memory. */
    private static final int RECENT = 512;
    /** How many events are read from the database at once. */
    private static final int PAGE = 256;

    private final JournalQueries queries;
    private final Set<Subscription> subscriptions = new HashSet<>();
    private final ArrayDeque<JournalEntry> recent = new ArrayDeque<>(RECENT);
    /** All events after this offset are in {@link #recent}. */
    private long recentAfter;

    private long newest;
    private boolean closed;

    /**
     * @param lastOffset of the newest event ever
     */
    JournalFeed(JournalQueries queries, long lastOffset) {
        this.queries = queries;
        this.recentAfter = lastOffset;
        this.newest = lastOffset;
    }

    /**
     * Starts to deliver.
     *
     * @param since the offset after which to begin; 0 for all
     * @return to be closed by the caller
     */
    public Subscription subscribe(long since, FeedListener listener) {
        Subscription subscription = new Subscription(since, listener);
        synchronized (this) {
            subscriptions.add(subscription);
        }
        Thread.ofVirtual().name("troupe-journal-feed").start(subscription::run);
        return subscription;
    }

    /** Takes what was committed; called by the writer only, in order. */
    synchronized void publish(List<JournalEntry> entries) {
        for (JournalEntry entry : entries) {
            if (recent.size() == RECENT) {
                recentAfter = recent.removeFirst().offset();
            }
            recent.addLast(entry);
        }
        newest = entries.getLast().offset();
        notifyAll();
    }

    /** Ends all subscriptions. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** A listener and how far it has come. */
    public final class Subscription implements AutoCloseable {
        private final FeedListener listener;
        private volatile boolean left;
        private long delivered;

        private Subscription(long since, FeedListener listener) {
            this.delivered = since;
            this.listener = listener;
        }

        private void run() {
            try {
                List<JournalEntry> entries = next();
                while (!entries.isEmpty()) {
                    deliver(entries);
                    entries = next();
                }
            } catch (FailureException e) {
                listener.failed(e.failure());
            } catch (InterruptedException _) {
                LOG.debug("a subscription of the journal's feed was interrupted, and ends");
            } finally {
                leave();
            }
        }

        private void deliver(List<JournalEntry> entries) {
            for (JournalEntry entry : entries) {
                if (left) {
                    return;
                }
                delivered = entry.offset();
                listener.committed(entry);
            }
        }

        /** {@return what comes next, once there is something; empty if this has been closed} */
        private List<JournalEntry> next() throws InterruptedException {
            while (true) {
                synchronized (JournalFeed.this) {
                    while (!left && !closed && newest <= delivered) {
                        JournalFeed.this.wait();
                    }
                    if (left || closed) {
                        return List.of();
                    }
                    if (delivered >= recentAfter) {
                        return recentSince(delivered);
                    }
                }
                List<JournalEntry> page = queries.since(delivered, PAGE);
                if (!page.isEmpty()) {
                    return page;
                }
                skipTo();
            }
        }

        /** All that was there has been deleted meanwhile: goes on with what is in memory. */
        private void skipTo() {
            synchronized (JournalFeed.this) {
                delivered = Math.max(delivered, recentAfter);
            }
        }

        private void leave() {
            synchronized (JournalFeed.this) {
                left = true;
                subscriptions.remove(this);
                JournalFeed.this.notifyAll();
            }
        }

        /** Ends the delivery; a call of the listener that is under way may still end after this returns. */
        @Override
        public void close() {
            leave();
        }
    }

    private List<JournalEntry> recentSince(long offset) {
        List<JournalEntry> entries = new ArrayList<>();
        for (JournalEntry entry : recent) {
            if (entry.offset() > offset) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
