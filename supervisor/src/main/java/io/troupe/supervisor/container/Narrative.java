package io.troupe.supervisor.container;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.HistoryEntry;
import io.troupe.protocol.Peer;
import io.troupe.supervisor.process.ProcessIdentity;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Facts in plain words. */
public final class Narrative {
    private Narrative() {}

    /**
     * {@return a fact as users see it}
     *
     * @param offset its place in the journal
     * @param sequence its place in the container's life, from 1
     */
    public static HistoryEntry entry(long offset, long sequence, ContainerName name, Fact fact) {
        return new HistoryEntry(
                offset,
                sequence,
                name,
                fact.incarnation(),
                fact.at(),
                fact.event().kind(),
                sentence(fact.event()),
                details(fact),
                peer(fact.cause()),
                fact.cause() instanceof Cause.ByEvent(long causing) ? causing : 0);
    }

    private static @Nullable Peer peer(Cause cause) {
        return cause instanceof Cause.ByPeer(var peer, var _) ? peer : null;
    }

    /** {@return what happened, without the container's name and a full stop} */
    static String sentence(ContainerEvent event) {
        return switch (event) {
            case ContainerEvent.CreateRequested(var blueprint) -> requested(blueprint.intent());
            case ContainerEvent.Created(var process) -> "its process " + process.pid() + " was made";
            case ContainerEvent.CreateFailed(var failure) -> "could not be created: " + failure.line();
            case ContainerEvent.Interrupted _ -> "was found half made; what there was of it is being removed";
            case ContainerEvent.StartRequested _ -> "its program is to run";
            case ContainerEvent.Started _ -> "its program runs";
            case ContainerEvent.StartFailed(var failure) -> "could not be started: " + failure.line();
            case ContainerEvent.SignalRequested(int signal, boolean all) ->
                Signals.word(signal) + " is to be sent to " + (all ? "all its processes" : "its process");
            case ContainerEvent.Exited(var _, var cause, var _) -> "its process " + ended(cause);
            case ContainerEvent.DeleteRequested(boolean force) ->
                force ? "is to be killed and deleted" : "is to be deleted";
            case ContainerEvent.Leftovers(var lines) -> "could not be removed entirely: " + String.join("; ", lines);
            case ContainerEvent.Deleted _ -> "was deleted";
            case ContainerEvent.ExecRequested(String program, var _) -> "is to run " + program + " as well";
            case ContainerEvent.ExecEnded(long exec, var cause) -> "the process of exec " + exec + " " + ended(cause);
            case ContainerEvent.ExecFailed(long exec, var failure) -> "exec " + exec + " failed: " + failure.line();
            case ContainerEvent.Reattached(boolean atGate) ->
                "its process was found " + (atGate ? "waiting at its gate" : "running");
            case ContainerEvent.Paused _ -> "all its processes were stopped";
            case ContainerEvent.Resumed _ -> "its processes go on";
            case ContainerEvent.Updated(var limits) -> "its limits were changed: " + String.join(", ", limits);
            case ContainerEvent.MountsChanged(boolean added, var destinations, String problem) ->
                mounts(added, String.join(", ", destinations), problem);
            case ContainerEvent.HookWarning(String text) -> "a hook failed: " + text;
            case ContainerEvent.Checkpointed(String images, Checkpoint extent) -> checkpointed(images, extent);
            case ContainerEvent.Restored(String images) -> "its processes were restored from " + images + ", and run";
        };
    }

    private static String checkpointed(String images, Checkpoint extent) {
        return switch (extent) {
            case STOP -> "its processes were written to " + images + ", and end";
            case LAZY -> "its processes were written to " + images + ", and end when their memory has been fetched";
            case GIVEN_UP -> "not all memory of its processes was fetched for " + images + ", and they go on";
            case LEAVE_RUNNING -> "its processes were written to " + images + ", and go on";
            case PRE_DUMP -> "memory of its processes was written to " + images;
        };
    }

    private static String mounts(boolean added, String destinations, String problem) {
        String done = added ? "mounted" : "unmounted";
        return problem.isEmpty()
                ? destinations + (destinations.contains(", ") ? " were " : " was ") + done
                : "not all was " + done + " of " + destinations + ": " + problem;
    }

    private static String requested(Intent intent) {
        return switch (intent) {
            case CREATE -> "is to be created";
            case RUN -> "is to be created, run, and deleted at its end";
            case RUN_DETACHED -> "is to be created and run in the background";
            case RUN_KEPT -> "is to be created and run, and kept at its end";
        };
    }

    /** {@return how a process ended, after "its process"} */
    public static String ended(ExitCause cause) {
        return switch (cause) {
            case ExitCause.Exited(int code, boolean outOfMemory) ->
                "ended with exit code " + code
                        + (outOfMemory ? "; a process in its cgroup was killed because memory ran out" : "");
            case ExitCause.Signalled(int signal, boolean core, boolean outOfMemory) ->
                "was killed by " + Signals.word(signal) + (outOfMemory ? " (out of memory)" : "")
                        + (core ? " (core dumped)" : "");
            case ExitCause.Unknown(String reason) -> "ended, nobody knows how: " + reason;
        };
    }

    private static SequencedMap<String, String> details(Fact fact) {
        SequencedMap<String, String> details = new LinkedHashMap<>();
        switch (fact.event()) {
            case ContainerEvent.CreateRequested(var blueprint) -> blueprint(blueprint, details);
            case ContainerEvent.Created(var process) -> process(process, details);
            case ContainerEvent.CreateFailed(var failure) ->
                details.put("failure", failure.code().name());
            case ContainerEvent.StartFailed(var failure) ->
                details.put("failure", failure.code().name());
            case ContainerEvent.SignalRequested(int signal, boolean all) -> {
                details.put("signal", Integer.toString(signal));
                details.put("all", Boolean.toString(all));
            }
            case ContainerEvent.Exited(var process, var cause, var witness) -> {
                process(process, details);
                cause(cause, details);
                details.put("witness", witness);
            }
            case ContainerEvent.DeleteRequested(boolean force) -> details.put("force", Boolean.toString(force));
            case ContainerEvent.ExecRequested(String program, String digest) -> {
                details.put("program", program);
                details.put("argvSha256", digest);
            }
            case ContainerEvent.ExecEnded(long exec, var cause) -> {
                details.put("exec", Long.toString(exec));
                cause(cause, details);
            }
            case ContainerEvent.ExecFailed(long exec, var failure) -> {
                details.put("exec", Long.toString(exec));
                details.put("failure", failure.code().name());
            }
            case ContainerEvent.Reattached(boolean atGate) -> details.put("atGate", Boolean.toString(atGate));
            case ContainerEvent.Checkpointed(String images, Checkpoint extent) -> {
                details.put("images", images);
                details.put("extent", extent.word());
            }
            case ContainerEvent.Restored(String images) -> details.put("images", images);
            case ContainerEvent.Interrupted _,
                    ContainerEvent.StartRequested _,
                    ContainerEvent.Started _,
                    ContainerEvent.Leftovers _,
                    ContainerEvent.Deleted _,
                    ContainerEvent.Paused _,
                    ContainerEvent.Resumed _,
                    ContainerEvent.Updated _,
                    ContainerEvent.MountsChanged _,
                    ContainerEvent.HookWarning _ -> {
                // The sentence says all there is.
            }
        }
        switch (fact.cause()) {
            case Cause.ByPeer(var _, String command) -> details.put("command", command);
            case Cause.BySupervisor(String reason) -> details.put("reason", reason);
            case Cause.ByEvent _, Cause.ByWorld _ -> {
                // Shown as causedBy, and as nobody.
            }
        }
        return details;
    }

    private static void blueprint(Blueprint blueprint, SequencedMap<String, String> details) {
        details.put("bundle", blueprint.bundle());
        details.put("rootfs", blueprint.rootfs());
        details.put("configSha256", blueprint.configDigest());
    }

    private static void process(ProcessIdentity process, SequencedMap<String, String> details) {
        details.put("pid", Integer.toString(process.pid()));
        details.put("startTicks", Long.toString(process.startTicks()));
        details.put("bootId", process.bootId());
    }

    private static void cause(ExitCause cause, SequencedMap<String, String> details) {
        switch (cause) {
            case ExitCause.Exited(int code, boolean outOfMemory) -> {
                details.put("code", Integer.toString(code));
                if (outOfMemory) {
                    details.put("outOfMemory", "true");
                }
            }
            case ExitCause.Signalled(int signal, boolean core, boolean outOfMemory) -> {
                details.put("signal", Integer.toString(signal));
                details.put("coreDumped", Boolean.toString(core));
                details.put("outOfMemory", Boolean.toString(outOfMemory));
            }
            case ExitCause.Unknown(String reason) -> details.put("unknown", reason);
        }
    }
}
