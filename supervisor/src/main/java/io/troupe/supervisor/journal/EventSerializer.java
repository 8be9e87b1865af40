package io.troupe.supervisor.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.container.Fact;
import io.troupe.supervisor.container.Persisted;
import java.io.NotSerializableException;
import java.nio.file.Path;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * What containers persist, as JSON under names of our own, such as {@code exited/1}: classes may be renamed. Input
 * chooses among the forms that are written here and can name no class.
 */
public final class EventSerializer extends SerializerWithStringManifest {
    private static final int IDENTIFIER = 7_472;
    private static final JournalErrors ERRORS = new JournalErrors(Path.of("record"));

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object object) {
        return switch (persisted(object)) {
            case Fact fact -> FactForms.manifest(fact).toString();
            case ContainerState state -> StateForms.manifest(state).toString();
        };
    }

    @Override
    public byte[] toBinary(Object object) {
        return switch (persisted(object)) {
            case Fact fact -> FactForms.write(fact);
            case ContainerState state -> StateForms.write(state);
        };
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        Manifest parsed = Manifest.parse(manifest, ERRORS);
        try {
            return StateForms.isState(parsed) ? StateForms.read(parsed, bytes) : FactForms.read(parsed, bytes);
        } catch (RuntimeException e) {
            NotSerializableException refusal = new NotSerializableException(
                    "a record of the form " + manifest + " cannot be read: " + e.getMessage());
            refusal.initCause(e);
            throw refusal;
        }
    }

    private static Persisted persisted(Object object) {
        if (object instanceof Persisted persisted) {
            return persisted;
        }
        throw new IllegalArgumentException(object.getClass() + " is nothing that a container persists");
    }

    /**
     * {@return the fact of an entry of a container's stream}
     *
     * @throws io.troupe.protocol.FailureException JOURNAL, if this program does not know its form
     */
    public static Fact fact(JournalEntry entry) {
        Manifest manifest = new Manifest(entry.kind(), entry.version());
        try {
            return FactForms.read(manifest, entry.json().getBytes(UTF_8));
        } catch (RuntimeException e) {
            throw ERRORS.failure(
                    "the event at offset " + entry.offset() + " of the form " + manifest + " cannot be read: "
                            + e.getMessage(),
                    "Use the Troupe that wrote it, or a newer one");
        }
    }
}
