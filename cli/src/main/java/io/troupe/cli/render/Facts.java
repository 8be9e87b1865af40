package io.troupe.cli.render;

import io.troupe.protocol.ExitCause;
import io.troupe.protocol.HistoryEntry;
import io.troupe.protocol.Peer;
import io.troupe.protocol.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replies as values for {@link Json}. Names are a contract with programs: added, never renamed. */
final class Facts {
    private Facts() {}

    /** {@return the OCI state in the order and with the extra fields of runc, and {@code exit} once it has ended} */
    static Map<String, @Nullable Object> of(Reply.ContainerState state) {
        Map<String, @Nullable Object> out = Json.object(
                "ociVersion", state.ociVersion(),
                "id", state.name().id(),
                "pid", state.pid(),
                "status", state.status().word(),
                "bundle", state.bundle(),
                "rootfs", state.rootfs(),
                "created", state.created());
        if (!state.annotations().isEmpty()) {
            out.put("annotations", state.annotations());
        }
        out.put("owner", state.owner());
        if (state.exit() != null) {
            out.put("exit", of(state.exit()));
        }
        return out;
    }

    /** {@return an event as runc's events prints it} */
    static Map<String, @Nullable Object> of(Reply.Used used) {
        Map<String, @Nullable Object> out =
                Json.object("type", used.type(), "id", used.name().id());
        if (used.data() != null) {
            Map<String, @Nullable Object> data = new LinkedHashMap<>(used.data());
            data.put("network_interfaces", null);
            out.put("data", data);
        }
        return out;
    }

    static Map<String, @Nullable Object> of(ExitCause cause) {
        return switch (cause) {
            case ExitCause.Exited(int code, boolean oom) ->
                Json.object("cause", "exited", "status", code, "code", code, "outOfMemory", oom);
            case ExitCause.Signalled(int signal, boolean core, boolean oom) ->
                Json.object(
                        "cause",
                        "signalled",
                        "status",
                        128 + signal,
                        "signal",
                        signal,
                        "coreDumped",
                        core,
                        "outOfMemory",
                        oom);
            case ExitCause.Unknown(String reason) -> Json.object("cause", "unknown", "status", null, "reason", reason);
        };
    }

    static Map<String, @Nullable Object> of(HistoryEntry entry) {
        return Json.object(
                "offset", entry.offset(),
                "time", entry.at(),
                "root", entry.container().root(),
                "id", entry.container().id(),
                "incarnation", entry.incarnation(),
                "sequence", entry.sequence(),
                "kind", entry.kind(),
                "sentence", entry.sentence(),
                "details", entry.details(),
                "by", of(entry.by()),
                "causedBy", entry.causedBy() == 0 ? null : entry.causedBy());
    }

    static Map<String, @Nullable Object> of(Reply.SupervisorStatus status) {
        return Json.object(
                "pid", status.pid(),
                "version", status.version(),
                "dataDirectory", status.dataDirectory(),
                "runDirectory", status.runDirectory(),
                "startedAt", status.startedAt(),
                "uptimeMillis", status.uptimeMillis(),
                "counts", status.counts());
    }

    private static @Nullable Object of(@Nullable Peer by) {
        return by == null
                ? null
                : Json.object("uid", by.uid(), "gid", by.gid(), "pid", by.pid(), "commandLine", by.commandLine());
    }
}
