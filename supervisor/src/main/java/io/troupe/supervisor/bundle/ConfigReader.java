package io.troupe.supervisor.bundle;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads config.json and process.json. Whatever is wrong with them is a
 * {@link io.troupe.protocol.FailureException} that says where, and nothing else is ever thrown. Touches no file.
 */
public final class ConfigReader {
    /** semver.org, version 2.0.0: no number begins with 0, no identifier is empty. */
    private static final Pattern VERSION =
            Pattern.compile("NUMBER\\.NUMBER\\.NUMBER(?:-WORD(?:\\.WORD)*)?(?:\\+ANY(?:\\.ANY)*)?"
                    .replace("NUMBER", "(0|[1-9][0-9]{0,8})")
                    .replace("WORD", "(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)")
                    .replace("ANY", "[0-9A-Za-z-]+"));

    private static final List<String> OTHER_PLATFORMS = List.of("windows", "solaris", "vm", "zos", "freebsd");
    private static final int MAX_NAME_BYTES = 64;

    private ConfigReader() {}

    /**
     * A configuration as it stands in the file.
     *
     * @param config paths in it that are relative to the bundle still are
     * @param unknownFields as {@link Bundle#unknownFields}
     */
    public record Read(OciConfig config, List<String> unknownFields) {}

    /** {@return what the config.json in {@code bytes} says} */
    public static Read config(byte[] bytes) {
        Section section = JsonText.parse("config.json", bytes);
        OciConfig config = config(section);
        section.end();
        return new Read(config, List.copyOf(section.self().unknown()));
    }

    /** {@return the process that the process.json in {@code bytes} describes, for exec} */
    public static ProcessSection process(byte[] bytes) {
        Section section = JsonText.parse("process.json", bytes);
        ProcessSection process = ProcessReader.process(section);
        section.self().unknown().stream()
                .filter(path -> path.startsWith("capabilities."))
                .findFirst()
                .ifPresent(path -> {
                    throw new FailureException(
                            FailureCode.INVALID_BUNDLE, "process.json: " + path, "is not a capability", "Leave it out");
                });
        return process;
    }

    /**
     * {@return the mounts of a file that holds the {@code mounts} of a config.json alone}
     *
     * @param directory what sources of binds are relative to, absolute
     */
    public static List<MountEntry> mounts(byte[] bytes, String directory) {
        return MountReader.ofLiving(listOfMounts(bytes)).stream()
                .map(mount -> mount.resolved(directory))
                .toList();
    }

    /** {@return the destinations of such a file; the rest of it is not looked at} */
    public static List<String> destinations(byte[] bytes) {
        return MountReader.destinations(listOfMounts(bytes));
    }

    private static Section listOfMounts(byte[] bytes) {
        String file = "mounts.json";
        String text = JsonText.decode(file, bytes);
        Section section = JsonText.parse(file, ("{\"mounts\": " + text + "}").getBytes(StandardCharsets.UTF_8));
        Value mounts = section.need("mounts");
        section.end();
        if (mounts.list().isEmpty() || !section.self().unknown().isEmpty()) {
            throw mounts.wrong("is empty, or not alone in the file", "Write one list of mounts, as in config.json");
        }
        return section;
    }

    /**
     * {@return the limits that the JSON in {@code bytes} describes, of the form of {@code linux.resources}}
     *
     * @param source what errors call it
     */
    public static Resources resources(String source, byte[] bytes) {
        if (new String(bytes, StandardCharsets.UTF_8).isBlank()) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    source,
                    "is empty",
                    "Write limits, such as {\"pids\": {\"limit\": 50}}");
        }
        Section section = JsonText.parse(source, bytes);
        Resources resources = ResourceReader.changes(section);
        section.end();
        List<String> unknown = section.self().unknown();
        if (!unknown.isEmpty()) {
            throw new FailureException(
                    FailureCode.UNSUPPORTED, source, unknown.getFirst() + " is not a known limit", "Leave it out");
        }
        return resources;
    }

    private static OciConfig config(Section section) {
        String version = version(section.need("ociVersion"));
        OTHER_PLATFORMS.forEach(section::unserved);
        LinuxSection linux = LinuxReader.linux(section);
        return new OciConfig(
                version,
                section.needObject("root", ConfigReader::root),
                section.object("process", ProcessReader::process).orElse(null),
                name(section, "hostname", linux),
                name(section, "domainname", linux),
                MountReader.mounts(section, linux),
                linux,
                section.object("hooks", HookReader::hooks).orElse(Hooks.NONE),
                annotations(section),
                ExtensionReader.extensions(section.entries("annotations")));
    }

    private static String version(Value value) {
        String text = value.text();
        Matcher matcher = VERSION.matcher(text);
        if (!matcher.matches()) {
            throw value.wrong(Value.quoted(text) + " is not a version", "Write one such as \"1.3.0\"");
        }
        if (!matcher.group(1).equals("1")) {
            throw value.wrong(Value.quoted(text) + " is not served", "Use version 1 of the specification");
        }
        return text;
    }

    private static RootSection root(Section section) {
        return new RootSection(section.need("path").word(), section.flag("readonly"), false);
    }

    private static String name(Section section, String field, LinuxSection linux) {
        if (section.text(field).isEmpty()) {
            return "";
        }
        Value value = section.need(field);
        String name = value.word();
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw value.wrong("has more than " + MAX_NAME_BYTES + " bytes", "Shorten it");
        }
        if (!linux.namespaces().has(Kind.UTS)) {
            throw value.wrong(
                    "would change the host's name: there is no uts namespace",
                    "Add {\"type\": \"uts\"} to linux.namespaces");
        }
        if (linux.sysctl().containsKey("kernel/" + field)) {
            throw value.wrong("is set by linux.sysctl too", "Leave out one of the two");
        }
        return name;
    }

    private static Map<String, String> annotations(Section section) {
        Map<String, String> annotations = new LinkedHashMap<>();
        section.entries("annotations").forEach((key, value) -> {
            if (key.isEmpty() || key.indexOf('\0') >= 0) {
                throw value.wrong("has an empty name or one with a NUL character", "Name it");
            }
            annotations.put(key, value.text());
        });
        return Collections.unmodifiableMap(annotations);
    }

    /** Checks that no string stands twice in a list. */
    static void unique(Set<String> seen, String name, Value value) {
        if (!seen.add(name)) {
            throw value.wrong(Value.quoted(name) + " is there twice", "Remove one");
        }
    }
}
