package io.troupe.supervisor.bundle;

import java.util.ArrayList;
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
        asked.add(name);
        var child = self.node().get(name);
        return child == null || child.isNull() ? Optional.empty() : Optional.of(at(name));
    }

    Value need(String name) {
        return find(name).orElseThrow(() -> at(name).wrong("is missing", "Write it; the specification requires it"));
    }

    /** {@return the value of that name, or its place if there is none, for messages} */
    Value at(String name) {
        var child = self.node().get(name);
        String key = name.matches("[A-Za-z0-9_]+") ? name : "[" + Value.quoted(name) + "]";
        String suffix = self.path().isEmpty() || key.startsWith("[") ? key : "." + key;
        return self.at(suffix, child == null ? self.node() : child);
    }

    /** {@return a string, empty if absent} */
    String text(String name) {
        return find(name).map(Value::text).orElse("");
    }

    boolean flag(String name) {
        return find(name).map(Value::flag).orElse(false);
    }

    /** {@return a number, null if absent} */
    @Nullable
    Long number(String name, long min, long max) {
        return find(name).map(value -> value.number(min, max)).orElse(null);
    }

    /** {@return the members of a list, none if absent} */
    <T> List<T> each(String name, Function<Value, T> reader) {
        return find(name)
                .map(value -> value.list().stream().map(reader).toList())
                .orElse(List.of());
    }

    /** {@return the members of a list of objects, none if absent} */
    <T> List<T> objects(String name, Function<Section, T> reader) {
        return each(name, value -> whole(value, reader));
    }

    /** {@return what an object says, if it is there} */
    <T> Optional<T> object(String name, Function<Section, T> reader) {
        return find(name).map(value -> whole(value, reader));
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
        Map<String, Value> entries = new LinkedHashMap<>();
        find(name)
                .map(Value::object)
                .ifPresent(section -> section.self
                        .node()
                        .propertyStream()
                        .forEach(entry -> entries.put(entry.getKey(), section.at(entry.getKey()))));
        return entries;
    }

    /** Refuses a field that asks for something that is not served. */
    void unserved(String name) {
        find(name).filter(value -> !value.asksNothing()).ifPresent(value -> {
            throw value.unserved("is not served yet", "Leave it out, or use another runtime for this container");
        });
    }

    /** Refuses an object whose names are data (devices, interfaces) unless it has none. */
    void unservedEntries(String name) {
        find(name)
                .filter(value -> !value.node().isEmpty() || !value.node().isContainerNode())
                .ifPresent(value -> {
                    throw value.unserved(
                            "is not served yet", "Leave it out, or use another runtime for this container");
                });
    }

    /** Notes the names that nobody asked for. */
    void end() {
        List<String> names = new ArrayList<>();
        self.node().fieldNames().forEachRemaining(names::add);
        names.stream()
                .filter(name -> !asked.contains(name))
                .forEach(name -> self.unknown().add(at(name).path()));
    }
}
