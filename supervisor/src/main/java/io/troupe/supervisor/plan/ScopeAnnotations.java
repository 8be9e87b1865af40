package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.systemd.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Annotations {@code org.systemd.property.NAME}, as runc and crun have them: a property of the scope, its value as GVariant
 * text. Annotations are written by many hands, so only what cannot loosen a limit or start anything is taken.
 */
final class ScopeAnnotations {
    static final String PREFIX = "org.systemd.property.";
    private static final Pattern TEXT = Pattern.compile("'([^'\\\\]*)'|\"([^\"\\\\]*)\"");
    private static final Pattern NUMBER =
            Pattern.compile("(?:(?:@[a-z]|u?int(?:16|32|64)|byte|handle) )?([0-9]{1,18})");
    private static final Pattern TEXTS = Pattern.compile("\\[ *(.*?) *]");

    /** What a property's value is. */
    private enum Type {
        TEXT,
        TEXTS,
        FLAG,
        WHOLE,
        MICROSECONDS
    }

    private static final Map<String, Type> TAKEN = Map.ofEntries(
            Map.entry("After", Type.TEXTS),
            Map.entry("Before", Type.TEXTS),
            Map.entry("CollectMode", Type.TEXT),
            Map.entry("DefaultDependencies", Type.FLAG),
            Map.entry("Description", Type.TEXT),
            Map.entry("Documentation", Type.TEXTS),
            Map.entry("FinalKillSignal", Type.WHOLE),
            Map.entry("KillMode", Type.TEXT),
            Map.entry("KillSignal", Type.WHOLE),
            Map.entry("OOMPolicy", Type.TEXT),
            Map.entry("RuntimeMaxUSec", Type.MICROSECONDS),
            Map.entry("SendSIGHUP", Type.FLAG),
            Map.entry("SendSIGKILL", Type.FLAG),
            Map.entry("TimeoutStopUSec", Type.MICROSECONDS));

    private ScopeAnnotations() {}

    /**
     * {@return the properties that annotations ask for}
     *
     * @throws FailureException UNSUPPORTED for another property, INVALID_BUNDLE for a value of another type
     */
    static List<Property> of(SortedMap<String, String> annotations) {
        List<Property> properties = new ArrayList<>();
        annotations.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                properties.add(property(key, value.strip()));
            }
        });
        return properties;
    }

    private static Property property(String key, String value) {
        String given = key.substring(PREFIX.length());
        // As in unit files, where times are in seconds.
        boolean seconds = given.endsWith("Sec") && !given.endsWith("USec");
        String name = seconds ? given.substring(0, given.length() - "Sec".length()) + "USec" : given;
        Type type = TAKEN.get(name);
        if (type == null) {
            throw new FailureException(
                    FailureCode.UNSUPPORTED,
                    where(key),
                    "an annotation may not set this property of the unit",
                    "Remove it; taken are "
                            + String.join(", ", TAKEN.keySet().stream().sorted().toList()));
        }
        return switch (type) {
            case TEXT -> new Property.Text(name, text(key, value));
            case TEXTS -> new Property.Texts(name, texts(key, value));
            case FLAG -> new Property.Flag(name, flag(key, value));
            case WHOLE -> new Property.Whole(name, (int) number(key, value));
            case MICROSECONDS -> new Property.Amount(name, number(key, value) * (seconds ? 1_000_000 : 1));
        };
    }

    private static String text(String key, String value) {
        Matcher matcher = TEXT.matcher(value);
        if (!matcher.matches()) {
            throw wrong(key, value, "'text'");
        }
        return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    }

    private static List<String> texts(String key, String value) {
        Matcher list = TEXTS.matcher(value);
        if (!list.matches()) {
            throw wrong(key, value, "['one', 'two']");
        }
        List<String> texts = new ArrayList<>();
        if (!list.group(1).isEmpty()) {
            for (String item : list.group(1).split(" *, *", -1)) {
                texts.add(text(key, item));
            }
        }
        return texts;
    }

    private static boolean flag(String key, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, value, "true or false");
        };
    }

    private static long number(String key, String value) {
        Matcher matcher = NUMBER.matcher(value);
        if (!matcher.matches() || matcher.group(1).length() > 12) {
            throw wrong(key, value, "uint64 5");
        }
        return Long.parseLong(matcher.group(1));
    }

    private static FailureException wrong(String key, String value, String form) {
        return new FailureException(
                FailureCode.INVALID_BUNDLE,
                where(key),
                "\"" + value + "\" is not of the property's type",
                "Write it as GVariant text, like " + form);
    }

    private static String where(String key) {
        return "config.json: annotations[\"" + key + "\"]";
    }
}
