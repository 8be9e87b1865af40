package io.troupe.supervisor.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.troupe.protocol.FailureException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object being read. It remembers which names were asked for: {@link #end} notes the others as unknown, so that
 * no field can be passed over in silence. A name whose value is null counts as absent.
 */
final class Section {
    private final Value self;
    private final Set<String> asked = new HashSet<>();

    Section(Value self) {
        this.self = self;
    }

    Value self() {
        return self;
    }

    Optional<Value> find(String name) {
        return Optional.ofNullable(present(name));
    }

    private @Nullable Value present(String name) {
        asked.add(name);
        JsonNode child = self.node().get(name);
        return child == null || child.isNull() ? null : self.at(name, child);
    }

    Value need(String name) {
        Value value = present(name);
        if (value == null) {
            throw at(name).wrong("is missing", "Write it; the specification requires it");
        }
        return value;
    }

    /** {@return the value of that name, or its place if there is none, for messages} */
    Value at(String name) {
        JsonNode child = self.node().get(name);
        return self.at(name, child == null ? self.node() : child);
    }

    /** {@return a string, empty if absent} */
    String text(String name) {
        Value value = present(name);
        return value == null ? "" : value.text();
    }

    boolean flag(String name) {
        Value value = present(name);
        return value != null && value.flag();
    }

    /** {@return a number, null if absent} */
    @Nullable
    Long number(String name, long min, long max) {
        Value value = present(name);
        return value == null ? null : value.number(min, max);
    }

    /** {@return the members of a list, none if absent} */
    <T> List<T> each(String name, Function<Value, T> reader) {
        Value value = present(name);
        if (value == null) {
            return List.of();
        }
        List<T> read = new ArrayList<>();
        for (Value member : value.list()) {
            read.add(reader.apply(member));
        }
        return Collections.unmodifiableList(read);
    }

    /** {@return the members of a list of objects, none if absent} */
    <T> List<T> objects(String name, Function<Section, T> reader) {
        return each(name, value -> whole(value, reader));
    }

    /** {@return what an object says, if it is there} */
    <T> Optional<T> object(String name, Function<Section, T> reader) {
        Value value = present(name);
        return value == null ? Optional.empty() : Optional.of(whole(value, reader));
    }

    /** {@return what an object says, which must be there} */
    <T> T needObject(String name, Function<Section, T> reader) {
        return whole(need(name), reader);
    }

    private static <T> T whole(Value value, Function<Section, T> reader) {
        Section section = value.object();
        T read = reader.apply(section);
        section.end();
        return read;
    }

    /** {@return all names and values of an object whose names are data, in order; none if absent} */
    Map<String, Value> entries(String name) {
        Value value = present(name);
        if (value == null) {
            return Map.of();
        }
        Section section = value.object();
        Map<String, Value> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : value.node().properties()) {
            entries.put(entry.getKey(), section.at(entry.getKey()));
        }
        return entries;
    }

    /** Refuses a field that asks for something that is not served. */
    void unserved(String name) {
        Value value = present(name);
        if (value != null && !value.asksNothing()) {
            throw unserved(value);
        }
    }

    private static FailureException unserved(Value value) {
        return value.unserved("is not served yet", "Leave it out, or use another runtime for this container");
    }

    /** Notes the names that nobody asked for. */
    void end() {
        for (Map.Entry<String, JsonNode> entry : self.node().properties()) {
            if (!asked.contains(entry.getKey())) {
                self.unknown().add(at(entry.getKey()).path());
            }
        }
    }
}
