package io.troupe.supervisor.server;

import io.troupe.protocol.Reply;
import io.troupe.protocol.Version;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.LiveHost;
import io.troupe.supervisor.journal.JournalCounts;
import io.troupe.syscall.Seccomp;
import io.troupe.syscall.Self;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What a supervisor tells of itself.
 *
 * @param onDemand whether a client started it; others were started to stay
 * @param synchronous the journal's setting
 * @param stop ends the supervisor, and runs what it is given when all is closed, last of all; returns at once
 */
public record SupervisorFacts(
        LiveHost host,
        Path run,
        Path data,
        boolean onDemand,
        String synchronous,
        Instant startedAt,
        Consumer<Runnable> stop) {

    Reply.SupervisorStatus status(SortedMap<String, Integer> counts) {
        return new Reply.SupervisorStatus(
                Self.pid(),
                Version.TROUPE,
                data.toString(),
                run.toString(),
                startedAt,
                Duration.between(startedAt, Instant.now()).toMillis(),
                counts);
    }

    Reply.Information information(JournalCounts counts) {
        HostFacts now = host.now();
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put("troupe.version", Version.TROUPE);
        facts.put("oci.version", Version.OCI);
        facts.put("java.version", Runtime.version().toString());
        facts.put("kernel.release", now.kernelRelease());
        facts.put("cgroup.layout", now.cgroups().word());
        facts.put("user.uid", Integer.toString(now.uid()));
        facts.put("user.initial-namespace", Boolean.toString(now.initialUserNamespace()));
        facts.put(
                "seccomp.library", Seccomp.version().map("libseccomp "::concat).orElse("none"));
        facts.put("supervisor.run", run.toString());
        facts.put("supervisor.data", data.toString());
        facts.put("journal.synchronous", synchronous);
        facts.put("journal.events", Long.toString(counts.events()));
        facts.put("journal.bytes", Long.toString(counts.bytes()));
        facts.put("journal.living", Long.toString(counts.living()));
        facts.put("journal.ended", Long.toString(counts.ended()));
        return new Reply.Information(facts);
    }
}
