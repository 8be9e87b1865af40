package io.troupe.supervisor.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON value and where it stands, so that what is wrong with it can be said.
 *
 * @param file such as {@code config.json}
 * @param path such as {@code mounts[3].options[1]}; empty for the whole
 * @param unknown where names are noted that nobody asked for; shared by all values of a file
 */
record Value(String file, String path, JsonNode node, List<String> unknown) {
    private static final BigInteger UNSIGNED_MAX =
            BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
    private static final int MAX_QUOTED = 60;

    static Value root(String file, JsonNode node) {
        return new Value(file, "", node, new ArrayList<>());
    }

    Value at(String suffix, JsonNode child) {
        return new Value(file, path + suffix, child, unknown);
    }

    FailureException wrong(String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, where(), what, remedy);
    }

    FailureException unserved(String what, String remedy) {
        return new FailureException(FailureCode.UNSUPPORTED, where(), what, remedy);
    }

    private String where() {
        return path.isEmpty() ? file : file + ": " + path;
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
            values.add(at("[" + i + "]", node.get(i)));
        }
        return List.copyOf(values);
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
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw wrong("contains half a character (an unpaired surrogate)", "Remove it");
        }
        return text;
    }

    /** {@return a string of at least one character, none of which is a control character} */
    String word() {
        String text = text();
        if (text.isEmpty()) {
            throw wrong("is empty", "Write a value or leave the field out");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw wrong("contains a control character", "Remove it");
        }
        return text;
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
