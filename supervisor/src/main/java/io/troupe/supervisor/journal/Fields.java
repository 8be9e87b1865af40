package io.troupe.supervisor.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object as it was read, asked field by field. The streaming parser alone: data binding would cost the
 * supervisor's start 100 ms. A field that is missing or of another type is an {@link IllegalArgumentException}.
 */
final class Fields {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, @Nullable Object> values;

    Fields(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    /** {@return one JSON object, without white space} */
    static byte[] write(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            body.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("nothing fails in memory", e);
        }
        return bytes.toByteArray();
    }

    /** Writes a field that is an object. */
    static void object(JsonGenerator out, String name, Body body) throws IOException {
        out.writeObjectFieldStart(name);
        body.write(out);
        out.writeEndObject();
    }

    /** Writes a field that is a list of strings. */
    static void strings(JsonGenerator out, String name, List<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    static Fields read(byte[] json) {
        try (JsonParser in = JSON.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is not a JSON object");
            }
            return new Fields(object(in));
        } catch (IOException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser in) throws IOException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            values.put(name, value(in, in.nextToken()));
        }
        return values;
    }

    private static @Nullable Object value(JsonParser in, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(in);
            case START_ARRAY -> array(in);
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT -> in.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IllegalArgumentException("no record has a " + token);
        };
    }

    private static List<@Nullable Object> array(JsonParser in) throws IOException {
        List<@Nullable Object> values = new ArrayList<>();
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            values.add(value(in, token));
        }
        return values;
    }

    /** {@return whether there is such a field, and it is not null} */
    boolean has(String name) {
        return values.get(name) != null;
    }

    String string(String name) {
        return as(String.class, name);
    }

    long number(String name) {
        return as(Long.class, name);
    }

    int integer(String name) {
        return Math.toIntExact(number(name));
    }

    boolean bool(String name) {
        return as(Boolean.class, name);
    }

    Fields fields(String name) {
        return new Fields(map(name));
    }

    @Nullable
    Fields optional(String name) {
        return has(name) ? fields(name) : null;
    }

    List<String> strings(String name) {
        List<String> strings = new ArrayList<>();
        for (Object value : as(List.class, name)) {
            strings.add((String) value);
        }
        return strings;
    }

    /** {@return an object whose values are all strings} */
    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        map(name).forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    @SuppressWarnings("unchecked") // only object() makes maps
    private Map<String, @Nullable Object> map(String name) {
        return (Map<String, @Nullable Object>) as(Map.class, name);
    }

    private <T> T as(Class<T> type, String name) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "its field " + name + " is " + (value == null ? "missing" : "no " + type.getSimpleName()));
        }
        return type.cast(value);
    }

    /** Writes the fields of an object. */
    interface Body {
        void write(JsonGenerator out) throws IOException;
    }
}
