package io.troupe.supervisor.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Ending;
import io.troupe.supervisor.container.Life;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How states are written, for snapshots; the rules are those of {@link FactForms}. */
final class StateForms {
    /** The version that is written today, of every kind. */
    static final int VERSION = 1;

    private StateForms() {}

    static Manifest manifest(ContainerState state) {
        return new Manifest(
                switch (state) {
                    case ContainerState.Absent _ -> "state-absent";
                    case ContainerState.Creating _ -> "state-creating";
                    case ContainerState.Created _ -> "state-created";
                    case ContainerState.Starting _ -> "state-starting";
                    case ContainerState.Running _ -> "state-running";
                    case ContainerState.Paused _ -> "state-paused";
                    case ContainerState.Stopped _ -> "state-stopped";
                    case ContainerState.Deleting _ -> "state-deleting";
                },
                VERSION);
    }

    /** {@return whether a manifest is one of a state} */
    static boolean isState(Manifest manifest) {
        return manifest.kind().startsWith("state-");
    }

    static byte[] write(ContainerState state) {
        return Fields.write(out -> {
            out.writeNumberField("sequence", state.sequence());
            if (state instanceof ContainerState.Present present) {
                write(out, present.life());
            }
            write(out, state);
        });
    }

    private static void write(JsonGenerator out, ContainerState state) throws IOException {
        switch (state) {
            case ContainerState.Absent(var _, int incarnation, @Nullable Ending last) -> {
                out.writeNumberField("incarnation", incarnation);
                write(out, last);
            }
            case ContainerState.Creating _ -> {
                // no more than its life
            }
            case ContainerState.Paused paused -> {
                PartForms.write(out, paused.process());
                if (paused.atGate()) {
                    out.writeBooleanField("gate", true);
                }
            }
            case ContainerState.Alive alive -> PartForms.write(out, alive.process());
            case ContainerState.Stopped stopped -> write(out, stopped.ending());
            case ContainerState.Deleting deleting -> {
                if (deleting.process() != null) {
                    PartForms.write(out, deleting.process());
                }
                write(out, deleting.ending());
                Fields.strings(out, "leftovers", deleting.leftovers());
            }
        }
    }

    private static void write(JsonGenerator out, @Nullable Ending ending) throws IOException {
        if (ending != null) {
            Fields.object(out, "ending", _ -> {
                out.writeNumberField("sequence", ending.sequence());
                out.writeStringField("at", ending.at().toString());
                PartForms.write(out, ending.process());
                PartForms.write(out, ending.cause());
                out.writeStringField("witness", ending.witness());
            });
        }
    }

    private static void write(JsonGenerator out, Life life) throws IOException {
        Fields.object(out, "life", _ -> {
            out.writeNumberField("incarnation", life.incarnation());
            PartForms.write(out, life.blueprint());
            out.writeStringField("requested-at", life.requestedAt().toString());
            out.writeNumberField("owner", life.owner());
            out.writeNumberField("create-requested", life.createRequested());
            out.writeNumberField("start-requested", life.startRequested());
            out.writeNumberField("delete-requested", life.deleteRequested());
            Life.SentSignal signal = life.signal();
            if (signal != null) {
                Fields.object(out, "signal", _ -> {
                    out.writeNumberField("sequence", signal.sequence());
                    out.writeNumberField("number", signal.number());
                });
            }
        });
    }

    /**
     * {@return the state}
     *
     * @throws IllegalArgumentException if no state has this form
     */
    static ContainerState read(Manifest manifest, byte[] json) {
        return reader(manifest).apply(Fields.read(json));
    }

    private static Function<Fields, ContainerState> reader(Manifest manifest) {
        return switch (manifest.toString()) {
            case "state-absent/1" ->
                f -> new ContainerState.Absent(f.number("sequence"), f.integer("incarnation"), ending(f));
            case "state-creating/1" -> f -> new ContainerState.Creating(f.number("sequence"), life(f));
            case "state-created/1" ->
                f -> new ContainerState.Created(f.number("sequence"), life(f), PartForms.process(f));
            case "state-starting/1" ->
                f -> new ContainerState.Starting(f.number("sequence"), life(f), PartForms.process(f));
            case "state-running/1" ->
                f -> new ContainerState.Running(f.number("sequence"), life(f), PartForms.process(f));
            case "state-paused/1" ->
                f -> new ContainerState.Paused(
                        f.number("sequence"), life(f), PartForms.process(f), f.has("gate") && f.bool("gate"));
            case "state-stopped/1" -> StateForms::stopped;
            case "state-deleting/1" ->
                f -> new ContainerState.Deleting(
                        f.number("sequence"),
                        life(f),
                        f.has("process") ? PartForms.process(f) : null,
                        ending(f),
                        f.strings("leftovers"));
            default -> throw new IllegalArgumentException("this Troupe knows no state of the form " + manifest);
        };
    }

    private static ContainerState stopped(Fields fields) {
        Ending ending = ending(fields);
        if (ending == null) {
            throw new IllegalArgumentException("its field ending is missing");
        }
        return new ContainerState.Stopped(fields.number("sequence"), life(fields), ending);
    }

    private static @Nullable Ending ending(Fields of) {
        Fields fields = of.optional("ending");
        return fields == null
                ? null
                : new Ending(
                        fields.number("sequence"),
                        Instant.parse(fields.string("at")),
                        PartForms.process(fields),
                        PartForms.exit(fields),
                        fields.string("witness"));
    }

    private static Life life(Fields of) {
        Fields fields = of.fields("life");
        Fields signal = fields.optional("signal");
        return new Life(
                fields.integer("incarnation"),
                PartForms.blueprint(fields),
                Instant.parse(fields.string("requested-at")),
                fields.integer("owner"),
                fields.number("create-requested"),
                fields.number("start-requested"),
                fields.number("delete-requested"),
                signal == null ? null : new Life.SentSignal(signal.number("sequence"), signal.integer("number")));
    }
}
