package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.LinuxSection.TimeOffset;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.Namespaces.Namespace;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** config-linux.md, "Namespaces", "User namespace mappings", "Offset for Time Namespace". */
final class NamespaceReader {
    private static final long MAX_UNSIGNED = 0xffff_ffffL;
    /** Ranges that the kernel takes (user_namespaces(7)). */
    private static final int MAX_RANGES = 340;

    private static final long MAX_NANOS = 999_999_999;

    private NamespaceReader() {}

    static Namespaces namespaces(Section section) {
        Set<String> seen = new HashSet<>();
        return new Namespaces(section.objects("namespaces", one -> namespace(one, seen)));
    }

    private static Namespace namespace(Section section, Set<String> seen) {
        Value type = section.need("type");
        String word = type.text();
        ConfigReader.unique(seen, word, type);
        Kind kind = Arrays.stream(Kind.values())
                .filter(one -> one.word().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        type.wrong(Value.quoted(word) + " is not a kind of namespace", "Write one of " + kinds()));
        String path = section.find("path")
                .filter(value -> !value.text().isEmpty())
                .map(Value::absolute)
                .orElse("");
        return new Namespace(kind, path);
    }

    private static String kinds() {
        return Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "));
    }

    static List<IdMapping> mappings(Section section, String name, Namespaces namespaces) {
        List<IdMapping> ranges = ranges(section, name);
        if (ranges.isEmpty() && namespaces.isNew(Kind.USER)) {
            throw section.at(name).wrong("is missing: a new user namespace needs it", "Map at least id 0");
        }
        if (!ranges.isEmpty() && !namespaces.has(Kind.USER)) {
            throw section.at(name)
                    .wrong("maps ids of no user namespace", "Add {\"type\": \"user\"} to linux.namespaces");
        }
        return ranges;
    }

    static List<IdMapping> ranges(Section section, String name) {
        List<IdMapping> ranges = section.objects(name, NamespaceReader::mapping);
        if (ranges.size() > MAX_RANGES) {
            throw section.at(name).wrong("has more than " + MAX_RANGES + " ranges", "Join some");
        }
        return ranges;
    }

    private static IdMapping mapping(Section section) {
        long container = section.need("containerID").number(0, ProcessReader.MAX_ID);
        long host = section.need("hostID").number(0, ProcessReader.MAX_ID);
        long size = section.need("size").number(1, MAX_UNSIGNED);
        if (Math.max(container, host) + size > MAX_UNSIGNED) {
            throw section.need("size").wrong(size + " ends above the largest id, 4294967294", "Make the range smaller");
        }
        return new IdMapping(container, host, size);
    }

    static Map<String, TimeOffset> timeOffsets(Section section, Namespaces namespaces) {
        Map<String, TimeOffset> offsets = new LinkedHashMap<>();
        section.entries("timeOffsets").forEach((clock, value) -> {
            if (!clock.equals("monotonic") && !clock.equals("boottime")) {
                throw value.wrong("is not a clock of time namespaces", "Write monotonic or boottime");
            }
            if (!namespaces.isNew(Kind.TIME)) {
                throw value.wrong(
                        "sets a clock of no new time namespace", "Add {\"type\": \"time\"} to linux.namespaces");
            }
            Section offset = value.object();
            Long seconds = offset.number("secs", Long.MIN_VALUE, Long.MAX_VALUE);
            Long nanos = offset.number("nanosecs", 0, MAX_NANOS);
            offset.end();
            offsets.put(clock, new TimeOffset(seconds == null ? 0 : seconds, nanos == null ? 0 : nanos));
        });
        return Collections.unmodifiableMap(offsets);
    }
}
