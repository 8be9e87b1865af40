package io.troupe.supervisor.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** config.md, "Mounts". */
final class MountReader {
    /** Files beneath /proc that lxcfs and the like may cover; anything else there could deceive the launcher. */
    private static final Set<String> COVERABLE = Set.of(
            "/proc/cpuinfo",
            "/proc/diskstats",
            "/proc/loadavg",
            "/proc/meminfo",
            "/proc/slabinfo",
            "/proc/stat",
            "/proc/swaps",
            "/proc/sys/crypto/fips_enabled",
            "/proc/sys/kernel/ns_last_pid",
            "/proc/uptime");

    private MountReader() {}

    static List<MountEntry> mounts(Section section) {
        return section.objects("mounts", MountReader::mount);
    }

    private static MountEntry mount(Section section) {
        section.unserved("uidMappings");
        section.unserved("gidMappings");
        String written = section.find("type").map(Value::word).orElse("");
        MountOptions options = options(section, written);
        if (!options.bind() && (written.isEmpty() || written.equals("none"))) {
            throw section.at("type").wrong("names no file system", "Name one, or add bind to the options");
        }
        String type = options.bind() ? "bind" : written;
        String destination = destination(section.need("destination"), type);
        String source = options.bind()
                ? section.need("source").word()
                : section.find("source")
                        .map(Value::text)
                        .filter(text -> !text.isEmpty())
                        .orElse("none");
        return new MountEntry(destination, type, source, section.each("options", Value::text), options);
    }

    private static String destination(Value value, String type) {
        // Relative ones are deprecated, and mean the same as with a slash before them.
        String path = HostPath.normalized(value.word());
        if (path.equals("/")) {
            throw value.wrong("is the root itself", "Use root.path for it");
        }
        boolean procfs = path.equals("/proc") && !type.equals("proc") && !type.equals("bind");
        if (procfs || (path.startsWith("/proc/") && !COVERABLE.contains(path))) {
            throw value.wrong(
                    Value.quoted(path) + " may not be covered: it is part of /proc", "Mount it somewhere else");
        }
        return path;
    }

    private static MountOptions options(Section section, String type) {
        MountOptions.Builder builder = new MountOptions.Builder(type.equals("bind"));
        List<Value> data = new ArrayList<>();
        for (Value value : section.each("options", option -> option)) {
            String word = value.word();
            if (MountWords.UNSERVED.contains(word) || word.startsWith("idmap=") || word.startsWith("ridmap=")) {
                throw value.unserved(
                        Value.quoted(word) + " is not served yet",
                        "Leave it out, or use another runtime for this container");
            }
            builder.add(word);
            data.add(value);
        }
        MountOptions options = builder.build();
        if (options.copyUp() && (options.bind() || !type.equals("tmpfs"))) {
            throw section.at("options")
                    .wrong(
                            "have " + Value.quoted(MountWords.COPY_UP) + ", which is for tmpfs alone",
                            "Leave it out, or mount a tmpfs");
        }
        if (options.bind()) {
            refuseData(data, options);
            return options;
        }
        return forNewFileSystem(section, options);
    }

    private static void refuseData(List<Value> values, MountOptions options) {
        for (Value value : values) {
            if (options.data().contains(value.text())) {
                throw value.wrong(
                        Value.quoted(value.text()) + " is not an option of bind mounts", "Leave it out, or correct it");
            }
        }
    }

    /** A new file system is a tree of one mount: what is for the whole tree is for it. */
    private static MountOptions forNewFileSystem(Section section, MountOptions options) {
        if ((options.set() & options.clearAll()) != 0 || (options.clear() & options.setAll()) != 0) {
            throw section.at("options").wrong("contradict each other", "Use a word with r or without it, not both");
        }
        return new MountOptions(
                false,
                false,
                options.set() | options.setAll(),
                options.clear() | options.clearAll(),
                0,
                0,
                options.propagation(),
                options.data(),
                options.copyUp());
    }
}
