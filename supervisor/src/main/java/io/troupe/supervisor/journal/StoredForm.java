package io.troupe.supervisor.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Between objects and rows: what Pekko's serializers make of an object, if it is JSON with a manifest of our form. */
final class StoredForm {
    private final Serialization serialization;
    private final JournalErrors errors;

    StoredForm(Serialization serialization, JournalErrors errors) {
        this.serialization = serialization;
        this.errors = errors;
    }

    /**
     * {@return the row for an object}
     *
     * @throws RuntimeException if no serializer of ours takes it: this is a rejection, nothing was written
     */
    NewEvent store(Object object, long sequence, long atMillis) {
        if (!(serialization.findSerializerFor(object) instanceof SerializerWithStringManifest serializer)) {
            throw errors.failure(
                    "objects of " + object.getClass().getName() + " have no stable form",
                    "Bind that type to a serializer in reference.conf");
        }
        Manifest manifest = Manifest.parse(serializer.manifest(object), errors);
        String json = new String(serializer.toBinary(object), UTF_8);
        return new NewEvent(sequence, atMillis, manifest.kind(), manifest.version(), serializer.identifier(), json);
    }

    /** {@return the object of a row} */
    Object load(int serializer, String kind, int version, String json) {
        Manifest manifest = new Manifest(kind, version);
        return serialization
                .deserialize(json.getBytes(UTF_8), serializer, manifest.toString())
                .get();
    }
}
