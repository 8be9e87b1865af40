package io.troupe.cli.render;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259) of maps, lists, strings, numbers, booleans and null. */
public final class Json {
    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    private Json(boolean pretty) {
        this.pretty = pretty;
    }

    /** {@return one line, without a line feed} */
    public static String compact(@Nullable Object value) {
        Json json = new Json(false);
        json.write(value, 0);
        return json.out.toString();
    }

    /** {@return lines indented by two blanks, as runc prints a state} */
    static String pretty(@Nullable Object value) {
        Json json = new Json(true);
        json.write(value, 0);
        return json.out.toString();
    }

    /** {@return a map in order of {@code namesAndValues}, which alternate} */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return out;
    }

    private void write(@Nullable Object value, int depth) {
        switch (value) {
            case Map<?, ?> map -> members(map, depth);
            case List<?> list -> elements(list, depth);
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            case null -> out.append("null");
            default -> string(value.toString());
        }
    }

    private void members(Map<?, ?> map, int depth) {
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            indent(depth + 1);
            string(String.valueOf(entry.getKey()));
            out.append(pretty ? ": " : ":");
            write(entry.getValue(), depth + 1);
            out.append(entries.hasNext() ? "," : "");
        }
        close(map.isEmpty(), depth, '}');
    }

    private void elements(List<?> list, int depth) {
        out.append('[');
        Iterator<?> elements = list.iterator();
        while (elements.hasNext()) {
            indent(depth + 1);
            write(elements.next(), depth + 1);
            out.append(elements.hasNext() ? "," : "");
        }
        close(list.isEmpty(), depth, ']');
    }

    private void close(boolean empty, int depth, char bracket) {
        if (!empty) {
            indent(depth);
        }
        out.append(bracket);
    }

    private void indent(int depth) {
        if (pretty) {
            out.append('\n').repeat("  ", depth);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            character(text, i);
        }
        out.append('"');
    }

    private void character(String text, int index) {
        char c = text.charAt(index);
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (isPlain(c) || isPaired(text, index)) {
                    out.append(c);
                } else {
                    out.append(String.format("\\u%04x", (int) c));
                }
            }
        }
    }

    /** Control characters, and the line separators of JavaScript, are written by number. */
    private static boolean isPlain(char c) {
        return c >= 0x20 && (c < 0x7f || c > 0x9f) && c != '\u2028' && c != '\u2029' && !Character.isSurrogate(c);
    }

    private static boolean isPaired(String text, int index) {
        char c = text.charAt(index);
        boolean opens = index + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(index + 1));
        return opens || (index > 0 && Character.isSurrogatePair(text.charAt(index - 1), c));
    }
}
