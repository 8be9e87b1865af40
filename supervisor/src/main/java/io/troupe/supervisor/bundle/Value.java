package io.troupe.supervisor.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value and where it stands, so that what is wrong with it can be said. Where it stands is put together only then:
 * every field of every container's configuration passes through here.
 */
final class Value {
    private static final BigInteger UNSIGNED_MAX =
            BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
    private static final int MAX_QUOTED = 60;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_]+");

    private final String file;
    private final @Nullable Value parent;
    private final @Nullable String name;
    private final int index;
    private final JsonNode node;
    private final List<String> unknown;

    private Value(
            String file,
            @Nullable Value parent,
            @Nullable String name,
            int index,
            JsonNode node,
            List<String> unknown) {
        this.file = file;
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.node = node;
        this.unknown = unknown;
    }

    /**
     * {@return the whole of a file}
     *
     * @param file such as {@code config.json}
     */
    static Value root(String file, JsonNode node) {
        return new Value(file, null, null, -1, node, new ArrayList<>());
    }

    /** {@return the value {@code child}, which stands here under a name} */
    Value at(String childName, JsonNode child) {
        return new Value(file, this, childName, -1, child, unknown);
    }

    JsonNode node() {
        return node;
    }

    /** {@return where names are noted that nobody asked for; shared by all values of a file} */
    List<String> unknown() {
        return unknown;
    }

    /** {@return such as {@code mounts[3].options[1]}; empty for the whole} */
    String path() {
        if (parent == null) {
            return "";
        }
        String before = parent.path();
        if (name == null) {
            return before + "[" + index + "]";
        }
        if (!PLAIN_NAME.matcher(name).matches()) {
            return before + "[" + quoted(name) + "]";
        }
        return before.isEmpty() ? name : before + "." + name;
    }

    FailureException wrong(String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, where(), what, remedy);
    }

    FailureException unserved(String what, String remedy) {
        return new FailureException(FailureCode.UNSUPPORTED, where(), what, remedy);
    }

    private String where() {
        return parent == null ? file : file + ": " + path();
    }

    Section object() {
        if (!node.isObject()) {
            throw wrong("is " + kind() + ", not an object", "Write {…}");
        }
        return new Section(this);
    }

    /** {@return the members of an array; null in it is an error where it is read} */
    List<Value> list() {
        if (!node.isArray()) {
            throw wrong("is " + kind() + ", not a list", "Write […]");
        }
        List<Value> values = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            values.add(new Value(file, this, null, i, node.get(i), unknown));
        }
        return values;
    }

    /** {@return a string, possibly empty, without NUL and half characters, which no system call can take} */
    String text() {
        if (!node.isTextual()) {
            throw wrong("is " + kind() + ", not a string", "Write it in quotes");
        }
        String text = node.textValue();
        if (text.indexOf('\0') >= 0) {
            throw wrong("contains a NUL character", "Remove it");
        }
        if (hasHalfCharacter(text)) {
            throw wrong("contains half a character (an unpaired surrogate)", "Remove it");
        }
        return text;
    }

    private static boolean hasHalfCharacter(String text) {
        boolean high = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (high != Character.isLowSurrogate(c)) {
                return true;
            }
            high = Character.isHighSurrogate(c);
        }
        return high;
    }

    /** {@return a string of at least one character, none of which is a control character} */
    String word() {
        String text = text();
        if (text.isEmpty()) {
            throw wrong("is empty", "Write a value or leave the field out");
        }
        if (hasControl(text)) {
            throw wrong("contains a control character", "Remove it");
        }
        return text;
    }

    private static boolean hasControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** {@return a path that begins with a slash, as written} */
    String absolute() {
        String text = word();
        if (!text.startsWith("/")) {
            throw wrong(quoted(text) + " is not an absolute path", "Begin it with /");
        }
        return text;
    }

    boolean flag() {
        if (!node.isBoolean()) {
            throw wrong("is " + kind() + ", not true or false", "Write true or false");
        }
        return node.booleanValue();
    }

    /** {@return a whole number from {@code min} to {@code max}} */
    long number(long min, long max) {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw node.isNumber() ? outside(min, max) : notNumber();
        }
        long number = node.longValue();
        if (number < min || number > max) {
            throw outside(min, max);
        }
        return number;
    }

    /** {@return a whole number from 0 to 2^64-1, in unsigned form} */
    long unsigned() {
        if (!node.isNumber()) {
            throw notNumber();
        }
        BigInteger number = node.isIntegralNumber() ? node.bigIntegerValue() : BigInteger.ONE.negate();
        if (number.signum() < 0 || number.compareTo(UNSIGNED_MAX) > 0) {
            throw wrong(node.asText() + " is out of range", "Write a whole number from 0 to 18446744073709551615");
        }
        return number.longValue();
    }

    private FailureException outside(long min, long max) {
        return wrong(node.asText() + " is out of range", "Write a whole number from " + min + " to " + max);
    }

    private FailureException notNumber() {
        return wrong("is " + kind() + ", not a number", "Write a whole number without quotes");
    }

    /** {@return whether it asks for nothing: null, "", 0, false, or a list or object that holds nothing else} */
    boolean asksNothing() {
        return asksNothing(node);
    }

    private static boolean asksNothing(JsonNode node) {
        return switch (node.getNodeType()) {
            case NULL -> true;
            case STRING -> node.textValue().isEmpty();
            case BOOLEAN -> !node.booleanValue();
            case NUMBER -> node.isIntegralNumber() && node.bigIntegerValue().signum() == 0;
            case ARRAY -> node.isEmpty();
            case OBJECT -> node.valueStream().allMatch(Value::asksNothing);
            case BINARY, MISSING, POJO -> false;
        };
    }

    /** {@return {@code text} in quotes, shortened, without what would spoil a line} */
    static String quoted(String text) {
        String shown = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "…" : text;
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }

    private String kind() {
        return switch (node.getNodeType()) {
            case NULL -> "null";
            case STRING -> "a string";
            case BOOLEAN -> "true or false";
            case NUMBER -> "a number";
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case BINARY, MISSING, POJO -> "something else";
        };
    }
}
