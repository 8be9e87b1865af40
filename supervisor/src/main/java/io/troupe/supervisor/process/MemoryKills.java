package io.troupe.supervisor.process;

import io.troupe.supervisor.host.Cgroups;
import io.troupe.supervisor.host.OutOfMemoryVictims;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the out-of-memory killer did in one container. The kernel's log says to whom; without it, the counts do. */
final class MemoryKills {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryKills.class);

    private long outlived;

    /** The process lives on after all kills so far, and is about to be killed for another reason. */
    void outlivedBy(Footprint footprint) {
        outlived = Cgroups.outOfMemoryKills(footprint.cgroups());
    }

    /** {@return what is to be said of the end of the process} */
    Endings.Memory around(ProcessIdentity process, Footprint footprint) {
        return new Endings.Memory() {
            @Override
            public boolean ranOut() {
                return Cgroups.outOfMemoryKills(footprint.cgroups()) > 0;
            }

            @Override
            public boolean killedIt() {
                long kills = Cgroups.outOfMemoryKills(footprint.cgroups());
                return kills > 0 && named(process).orElse(kills > outlived);
            }
        };
    }

    private static Optional<Boolean> named(ProcessIdentity process) {
        try {
            return OutOfMemoryVictims.include(process.pid(), process.startTicks());
        } catch (IOException problem) {
            LOG.warn("whom the out-of-memory killer chose: {}", problem.getMessage());
            return Optional.empty();
        }
    }
}
