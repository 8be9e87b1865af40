package io.troupe.supervisor.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import io.troupe.supervisor.container.Checkpoint;
import io.troupe.supervisor.container.ContainerEvent;
import io.troupe.supervisor.container.Fact;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;

/**
 * How facts are written: one JSON object, with {@code at}, {@code incarnation} and {@code because} first, then the
 * event's own fields. A form that changes gets the next version, and {@link #read} goes on reading the old one; the
 * files of {@code src/test/resources/journal} hold one of each, and are never changed.
 */
final class FactForms {
    /** The version that is written today, of every kind. */
    static final int VERSION = 1;

    private FactForms() {}

    static Manifest manifest(Fact fact) {
        return new Manifest(fact.event().kind(), VERSION);
    }

    static byte[] write(Fact fact) {
        return Fields.write(out -> {
            out.writeStringField("at", fact.at().toString());
            out.writeNumberField("incarnation", fact.incarnation());
            PartForms.write(out, fact.cause());
            write(out, fact.event());
        });
    }

    /**
     * {@return the fact}
     *
     * @throws IllegalArgumentException if no fact has this form
     */
    static Fact read(Manifest manifest, byte[] json) {
        Fields fields = Fields.read(json);
        return new Fact(
                Instant.parse(fields.string("at")),
                fields.integer("incarnation"),
                PartForms.cause(fields),
                reader(manifest).apply(fields));
    }

    private static void write(JsonGenerator out, ContainerEvent event) throws IOException {
        switch (event) {
            case ContainerEvent.CreateRequested(var blueprint) -> PartForms.write(out, blueprint);
            case ContainerEvent.Created(var process) -> PartForms.write(out, process);
            case ContainerEvent.CreateFailed(var failure) -> PartForms.write(out, failure);
            case ContainerEvent.StartFailed(var failure) -> PartForms.write(out, failure);
            case ContainerEvent.SignalRequested(int signal, boolean all) -> {
                out.writeNumberField("signal", signal);
                out.writeBooleanField("all", all);
            }
            case ContainerEvent.Exited(var process, var cause, String witness) -> {
                PartForms.write(out, process);
                PartForms.write(out, cause);
                out.writeStringField("witness", witness);
            }
            case ContainerEvent.DeleteRequested(boolean force) -> out.writeBooleanField("force", force);
            case ContainerEvent.Updated(var limits) -> Fields.strings(out, "limits", limits);
            case ContainerEvent.Leftovers(var lines) -> Fields.strings(out, "lines", lines);
            case ContainerEvent.ExecRequested(String program, String digest) -> {
                out.writeStringField("program", program);
                out.writeStringField("argv", digest);
            }
            case ContainerEvent.ExecEnded(long exec, var cause) -> {
                out.writeNumberField("exec", exec);
                PartForms.write(out, cause);
            }
            case ContainerEvent.ExecFailed(long exec, var failure) -> {
                out.writeNumberField("exec", exec);
                PartForms.write(out, failure);
            }
            case ContainerEvent.Reattached(boolean atGate) -> out.writeBooleanField("gate", atGate);
            case ContainerEvent.Checkpointed(String images, Checkpoint extent) -> {
                out.writeStringField("images", images);
                out.writeStringField("extent", extent.word());
            }
            case ContainerEvent.Restored(String images) -> out.writeStringField("images", images);
            case ContainerEvent.MountsChanged(boolean added, var destinations, String problem) -> {
                out.writeBooleanField("added", added);
                Fields.strings(out, "destinations", destinations);
                out.writeStringField("problem", problem);
            }
            case ContainerEvent.HookWarning(String text) -> out.writeStringField("text", text);
            case ContainerEvent.Interrupted _,
                    ContainerEvent.StartRequested _,
                    ContainerEvent.Started _,
                    ContainerEvent.Deleted _,
                    ContainerEvent.Paused _,
                    ContainerEvent.Resumed _ -> {
                // nothing but that it happened
            }
        }
    }

    private static Function<Fields, ContainerEvent> reader(Manifest manifest) {
        return switch (manifest.toString()) {
            case "create-requested/1" -> f -> new ContainerEvent.CreateRequested(PartForms.blueprint(f));
            case "created/1" -> f -> new ContainerEvent.Created(PartForms.process(f));
            case "create-failed/1" -> f -> new ContainerEvent.CreateFailed(PartForms.failure(f));
            case "interrupted/1" -> _ -> new ContainerEvent.Interrupted();
            case "start-requested/1" -> _ -> new ContainerEvent.StartRequested();
            case "started/1" -> _ -> new ContainerEvent.Started();
            case "start-failed/1" -> f -> new ContainerEvent.StartFailed(PartForms.failure(f));
            case "signal-requested/1" -> f -> new ContainerEvent.SignalRequested(f.integer("signal"), f.bool("all"));
            case "exited/1" ->
                f -> new ContainerEvent.Exited(PartForms.process(f), PartForms.exit(f), f.string("witness"));
            case "delete-requested/1" -> f -> new ContainerEvent.DeleteRequested(f.bool("force"));
            case "leftovers/1" -> f -> new ContainerEvent.Leftovers(f.strings("lines"));
            case "deleted/1" -> _ -> new ContainerEvent.Deleted();
            case "exec-requested/1" -> f -> new ContainerEvent.ExecRequested(f.string("program"), f.string("argv"));
            case "exec-ended/1" -> f -> new ContainerEvent.ExecEnded(f.number("exec"), PartForms.exit(f));
            case "exec-failed/1" -> f -> new ContainerEvent.ExecFailed(f.number("exec"), PartForms.failure(f));
            case "reattached/1" -> f -> new ContainerEvent.Reattached(f.bool("gate"));
            case "updated/1" -> f -> new ContainerEvent.Updated(f.strings("limits"));
            case "paused/1" -> _ -> new ContainerEvent.Paused();
            case "resumed/1" -> _ -> new ContainerEvent.Resumed();
            case "checkpointed/1" ->
                f -> new ContainerEvent.Checkpointed(f.string("images"), Checkpoint.of(f.string("extent")));
            case "restored/1" -> f -> new ContainerEvent.Restored(f.string("images"));
            case "mounts-changed/1" ->
                f -> new ContainerEvent.MountsChanged(f.bool("added"), f.strings("destinations"), f.string("problem"));
            case "hook-warning/1" -> f -> new ContainerEvent.HookWarning(f.string("text"));
            default -> throw new IllegalArgumentException("this Troupe knows no event of the form " + manifest);
        };
    }
}
