package io.troupe.supervisor.bundle;

import java.util.List;

/** config-linux.md, "IntelRdt". */
final class IntelRdtReader {
    private static final String ROOT = "/";
    private static final String BANDWIDTH = "MB:";

    private IntelRdtReader() {}

    static IntelRdt intelRdt(Section section) {
        // Of versions 1.1 and 1.2; no kernel can do one without the other.
        section.unserved("enableCMT");
        section.unserved("enableMBM");
        List<String> bandwidth = section.find("memBwSchema")
                .map(IntelRdtReader::bandwidth)
                .map(List::of)
                .orElse(List.of());
        return new IntelRdt(
                section.find("closID").map(IntelRdtReader::group).orElse(""),
                section.find("l3CacheSchema")
                        .map(value -> cache(value, !bandwidth.isEmpty()))
                        .orElse(List.of()),
                bandwidth,
                section.each("schemata", Value::word),
                section.flag("enableMonitoring"));
    }

    private static String group(Value value) {
        String name = value.word();
        if (!name.equals(ROOT) && !IntelRdt.isName(name)) {
            throw value.wrong(
                    Value.quoted(name) + " is not the name of a group", "Write a name without slashes, or / alone");
        }
        return name;
    }

    private static String bandwidth(Value value) {
        String line = value.word();
        if (!line.startsWith(BANDWIDTH)) {
            throw value.wrong(Value.quoted(line) + " does not begin with MB:", "Write one such as MB:0=20;1=70");
        }
        return line;
    }

    /** Lines should be one; that of the bandwidth is not meant where there is a field for it (version 1.0 of the text). */
    private static List<String> cache(Value value, boolean withBandwidth) {
        List<String> lines =
                value.text().lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()) {
            throw value.wrong("is empty", "Write a value or leave the field out");
        }
        return lines.stream()
                .filter(line -> !withBandwidth || !line.startsWith(BANDWIDTH))
                .toList();
    }
}
