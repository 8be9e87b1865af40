package io.troupe.supervisor.journal;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.setup.Setup;

/** Hands the open journal to the actor system, where the plugin finds it. Whoever opened the journal closes it. */
public final class JournalSetup extends Setup {
    private final Journal journal;

    public JournalSetup(Journal journal) {
        this.journal = journal;
    }

    static Journal journalOf(ActorSystem system) {
        return system.settings()
                .setup()
                .get(JournalSetup.class)
                .map(setup -> setup.journal)
                .orElseThrow(() -> new FailureException(
                        FailureCode.INTERNAL,
                        "actor system " + system.name(),
                        "it was made without a JournalSetup",
                        "Report it"));
    }
}
