package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.Peer;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.LimitChange;
import io.troupe.supervisor.process.ProcessIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A container's past, in the words of the tests. */
final class Given {
    private static final TreeMap<Integer, String> LATE = new TreeMap<>(Map.of(30, "exec sh"));

    static final ContainerName WEB1 = ContainerName.of("web1");
    static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    static final Peer ANNA = new Peer(1000, 1000, 77, "troupe run web1");
    static final Cause ASKED = new Cause.ByPeer(ANNA, "run");
    static final ProcessIdentity PROCESS = new ProcessIdentity("boot-1", 4711, 99);
    static final Footprint FOOTPRINT = new Footprint("/run/troupe/c/web1", List.of("/sys/fs/cgroup/troupe-t/web1"));
    static final ExitCause CODE_3 = new ExitCause.Exited(3);
    static final Failure NO_PROGRAM = new Failure(
            FailureCode.PROGRAM_NOT_FOUND, "container web1", "exec \"x\": executable file not found in $PATH", "");
    static final ContainerEvent.Created CREATED = new ContainerEvent.Created(PROCESS);
    static final ContainerEvent.StartRequested START = new ContainerEvent.StartRequested();
    static final ContainerEvent.Started STARTED = new ContainerEvent.Started();
    static final List<LimitChange> LIMITS =
            List.of(new LimitChange.InFile("pids.limit", List.of("/sys/fs/cgroup/x/pids.max"), List.of("5")));
    static final ContainerEvent.Paused PAUSED = new ContainerEvent.Paused();
    static final ContainerEvent.Exited EXITED = new ContainerEvent.Exited(PROCESS, CODE_3, "pidfd");
    static final ContainerEvent.DeleteRequested DELETE = new ContainerEvent.DeleteRequested(false);
    static final ContainerEvent.DeleteRequested FORCE = new ContainerEvent.DeleteRequested(true);
    static final ContainerEvent.Deleted DELETED = new ContainerEvent.Deleted();
    static final ContainerEvent.Leftovers LEFTOVERS = new ContainerEvent.Leftovers(
            List.of("rmdir(2) on /sys/fs/cgroup/troupe-t/web1: EBUSY (16, Device or resource busy)"));

    private Given() {}

    static Blueprint blueprint(Intent intent) {
        return blueprint(intent, LATE);
    }

    static Blueprint withoutProgram() {
        return blueprint(Intent.CREATE, new TreeMap<>());
    }

    private static Blueprint blueprint(Intent intent, TreeMap<Integer, String> late) {
        return new Blueprint(
                "/b", "/b/rootfs", "1.0.2", new TreeMap<>(), "ab12", FOOTPRINT, intent, false, false, late);
    }

    static ContainerEvent requested(Intent intent) {
        return new ContainerEvent.CreateRequested(blueprint(intent));
    }

    static Context context() {
        return new Context(WEB1, NOW, new Cause.ByPeer(ANNA, "run"), (name, blueprint, step) -> NO_PROGRAM);
    }

    static Fact fact(ContainerEvent event) {
        return new Fact(NOW, 1, ASKED, event);
    }

    static ContainerState after(ContainerEvent... events) {
        ContainerState state = ContainerState.initial();
        for (ContainerEvent event : events) {
            state = state.after(fact(event));
        }
        return state;
    }
}
