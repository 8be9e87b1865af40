package io.troupe.supervisor.container;

import io.troupe.supervisor.failpoint.Failpoint;
import io.troupe.supervisor.process.ProcessReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a container's actor passes failpoints: before a report's facts are persisted, and after a request's are. */
final class Failpoints {
    private Failpoints() {}

    static void beforePersist(ContainerCommand command) {
        if (!(command instanceof ContainerCommand.ProcessReported(ProcessReport report))) {
            return;
        }
        switch (report) {
            case ProcessReport.ProgramStarted _ -> Failpoint.START_RELEASED.hit();
            case ProcessReport.Exited _ -> Failpoint.EXIT_SEEN.hit();
            case ProcessReport.CleanedUp _ -> Failpoint.DELETE_CLEANED.hit();
            case ProcessReport.Reattached _, ProcessReport.StartFailed _, ProcessReport.GateUnreachable _ -> {
                // No step of create, start, run or delete.
            }
        }
    }

    /**
     * @param who asked; null if nobody did
     */
    static void afterPersist(List<Fact> facts, Cause.@Nullable ByPeer who) {
        for (Fact fact : facts) {
            if (fact.event() instanceof ContainerEvent.StartRequested) {
                hit(Failpoint.START_REQUESTED, who);
            } else if (fact.event() instanceof ContainerEvent.DeleteRequested) {
                hit(Failpoint.DELETE_REQUESTED, who);
            }
        }
    }

    private static void hit(Failpoint failpoint, Cause.@Nullable ByPeer who) {
        if (who == null || who.peer().pid() == 0) {
            failpoint.hit();
        } else {
            failpoint.hit(who.peer().pid());
        }
    }
}
