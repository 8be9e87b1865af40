package io.troupe.supervisor.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import io.troupe.protocol.ExitCause;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.Peer;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.container.Cause;
import io.troupe.supervisor.container.Intent;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.process.ProcessIdentity;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How the parts that facts and states share are written. Names here are on users' disks: they never change. */
final class PartForms {
    private PartForms() {}

    static void write(JsonGenerator out, ProcessIdentity process) throws IOException {
        Fields.object(out, "process", _ -> {
            out.writeStringField("boot", process.bootId());
            out.writeNumberField("pid", process.pid());
            out.writeNumberField("ticks", process.startTicks());
        });
    }

    static ProcessIdentity process(Fields of) {
        Fields fields = of.fields("process");
        return new ProcessIdentity(fields.string("boot"), fields.integer("pid"), fields.number("ticks"));
    }

    static void write(JsonGenerator out, Cause cause) throws IOException {
        Fields.object(out, "because", _ -> {
            switch (cause) {
                case Cause.ByPeer(Peer peer, String command) -> {
                    out.writeStringField("by", "peer");
                    out.writeStringField("command", command);
                    out.writeNumberField("uid", peer.uid());
                    out.writeNumberField("gid", peer.gid());
                    out.writeNumberField("pid", peer.pid());
                    out.writeStringField("argv", peer.commandLine());
                }
                case Cause.ByEvent(long sequence) -> {
                    out.writeStringField("by", "event");
                    out.writeNumberField("sequence", sequence);
                }
                case Cause.BySupervisor(String reason) -> {
                    out.writeStringField("by", "supervisor");
                    out.writeStringField("reason", reason);
                }
                case Cause.ByWorld() -> out.writeStringField("by", "world");
            }
        });
    }

    static Cause cause(Fields of) {
        Fields fields = of.fields("because");
        return switch (fields.string("by")) {
            case "peer" ->
                new Cause.ByPeer(
                        new Peer(
                                fields.integer("uid"),
                                fields.integer("gid"),
                                fields.integer("pid"),
                                fields.string("argv")),
                        fields.string("command"));
            case "event" -> new Cause.ByEvent(fields.number("sequence"));
            case "supervisor" -> new Cause.BySupervisor(fields.string("reason"));
            case "world" -> new Cause.ByWorld();
            default -> throw new IllegalArgumentException("no cause is \"" + fields.string("by") + "\"");
        };
    }

    static void write(JsonGenerator out, ExitCause exit) throws IOException {
        Fields.object(out, "exit", _ -> {
            switch (exit) {
                case ExitCause.Exited(int code, boolean oom) -> {
                    out.writeNumberField("code", code);
                    if (oom) {
                        out.writeBooleanField("oom", true);
                    }
                }
                case ExitCause.Signalled(int signal, boolean core, boolean oom) -> {
                    out.writeNumberField("signal", signal);
                    out.writeBooleanField("core", core);
                    out.writeBooleanField("oom", oom);
                }
                case ExitCause.Unknown(String reason) -> out.writeStringField("unknown", reason);
            }
        });
    }

    static ExitCause exit(Fields of) {
        Fields fields = of.fields("exit");
        if (fields.has("code")) {
            return new ExitCause.Exited(fields.integer("code"), fields.has("oom") && fields.bool("oom"));
        }
        if (fields.has("signal")) {
            return new ExitCause.Signalled(fields.integer("signal"), fields.bool("core"), fields.bool("oom"));
        }
        return new ExitCause.Unknown(fields.string("unknown"));
    }

    static void write(JsonGenerator out, Failure failure) throws IOException {
        Fields.object(out, "failure", _ -> {
            out.writeStringField("code", failure.code().name());
            out.writeStringField("where", failure.where());
            out.writeStringField("what", failure.what());
            out.writeStringField("remedy", failure.remedy());
        });
    }

    static Failure failure(Fields of) {
        Fields fields = of.fields("failure");
        return new Failure(
                FailureCode.valueOf(fields.string("code")),
                fields.string("where"),
                fields.string("what"),
                fields.string("remedy"));
    }

    static void write(JsonGenerator out, Blueprint blueprint) throws IOException {
        Fields.object(out, "blueprint", _ -> {
            out.writeStringField("bundle", blueprint.bundle());
            out.writeStringField("rootfs", blueprint.rootfs());
            out.writeStringField("oci", blueprint.ociVersion());
            texts(out, "annotations", blueprint.annotations());
            out.writeStringField("config", blueprint.configDigest());
            out.writeStringField("directory", blueprint.footprint().directory());
            Fields.strings(out, "cgroups", blueprint.footprint().cgroups());
            if (!blueprint.footprint().scope().isEmpty()) {
                out.writeStringField("scope", blueprint.footprint().scope());
            }
            if (!blueprint.footprint().groups().isEmpty()) {
                Fields.strings(out, "groups", blueprint.footprint().groups());
            }
            if (!blueprint.footprint().spare().isEmpty()) {
                Fields.strings(out, "spare", blueprint.footprint().spare());
            }
            out.writeStringField("intent", word(blueprint.intent()));
            out.writeBooleanField("poststart", blueprint.poststart());
            out.writeBooleanField("poststop", blueprint.poststop());
            texts(out, "late", blueprint.lateSteps());
        });
    }

    static Blueprint blueprint(Fields of) {
        Fields fields = of.fields("blueprint");
        SortedMap<Integer, String> late = new TreeMap<>();
        fields.texts("late").forEach((index, step) -> late.put(Integer.valueOf(index), step));
        return new Blueprint(
                fields.string("bundle"),
                fields.string("rootfs"),
                fields.string("oci"),
                new TreeMap<>(fields.texts("annotations")),
                fields.string("config"),
                new Footprint(
                        fields.string("directory"),
                        fields.strings("cgroups"),
                        fields.has("scope") ? fields.string("scope") : "",
                        fields.has("groups") ? fields.strings("groups") : List.of(),
                        fields.has("spare") ? fields.strings("spare") : List.of()),
                intent(fields.string("intent")),
                fields.bool("poststart"),
                fields.bool("poststop"),
                late);
    }

    private static void texts(JsonGenerator out, String name, SortedMap<?, String> texts) throws IOException {
        Fields.object(out, name, _ -> {
            for (var entry : texts.entrySet()) {
                out.writeStringField(String.valueOf(entry.getKey()), entry.getValue());
            }
        });
    }

    private static String word(Intent intent) {
        return switch (intent) {
            case CREATE -> "create";
            case RUN -> "run";
            case RUN_DETACHED -> "run-detached";
            case RUN_KEPT -> "run-kept";
        };
    }

    private static Intent intent(String word) {
        return switch (word) {
            case "create" -> Intent.CREATE;
            case "run" -> Intent.RUN;
            case "run-detached" -> Intent.RUN_DETACHED;
            case "run-kept" -> Intent.RUN_KEPT;
            default -> throw new IllegalArgumentException("no intent is \"" + word + "\"");
        };
    }
}
