package io.troupe.supervisor.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    static List<MountEntry> mounts(Section section, LinuxSection linux) {
        MountIdReader ids = new MountIdReader(linux);
        return section.objects("mounts", one -> mount(one, ids));
    }

    /** {@return mounts for a container that lives} Some words mean nothing then, or need what was done when it was made. */
    static List<MountEntry> ofLiving(Section section) {
        return section.objects("mounts", one -> {
            one.unserved("uidMappings");
            one.unserved("gidMappings");
            for (Value option : one.each("options", each -> each)) {
                refuseOfLiving(option);
            }
            return mount(one, null);
        });
    }

    private static void refuseOfLiving(Value option) {
        String word = option.word();
        if (MountIdReader.isWord(word) || MountWords.LINKS.containsKey(word) || word.equals("remount")) {
            throw option.unserved(Value.quoted(word) + " is not served for a container that lives", "Leave it out");
        }
    }

    static List<String> destinations(Section section) {
        return section.objects("mounts", mount -> destination(mount.need("destination"), "bind"));
    }

    private static MountEntry mount(Section section, @Nullable MountIdReader ids) {
        String written = section.find("type").map(Value::word).orElse("");
        MountOptions options = options(section, written, ids);
        if (options.remount()) {
            return remount(section, written, options);
        }
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

    /** What is there is changed, so type and source say nothing. */
    private static MountEntry remount(Section section, String type, MountOptions options) {
        boolean more = (options.setAll() | options.clearAll() | options.propagation() | options.links()) != 0
                || options.copyUp()
                || options.ids() != null
                || !options.data().isEmpty();
        if (more) {
            throw section.at("options")
                    .unserved(
                            "have \"remount\" and what a mount that is there cannot be given",
                            "Leave words such as ro and nosuid alone beside it");
        }
        section.find("source").ifPresent(Value::text);
        String destination = HostPath.normalized(section.need("destination").word());
        return new MountEntry(destination, type, "none", section.each("options", Value::text), options);
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

    private static MountOptions options(Section section, String type, @Nullable MountIdReader ids) {
        MountOptions.Builder builder = new MountOptions.Builder(type.equals("bind"));
        List<Value> data = new ArrayList<>();
        Value map = null;
        for (Value value : section.each("options", option -> option)) {
            String word = value.word();
            if (MountIdReader.isWord(word)) {
                map = value;
                continue;
            }
            if (MountWords.UNSERVED.contains(word)) {
                throw value.unserved(
                        Value.quoted(word) + " is not served yet",
                        "Leave it out, or use another runtime for this container");
            }
            builder.add(word);
            data.add(value);
        }
        builder.map(ids == null ? null : ids.ids(section, map));
        MountOptions options = builder.build();
        if (options.remount()) {
            return options;
        }
        if (!options.bind() && (options.ids() != null || options.links() != 0)) {
            throw section.at("options")
                    .unserved(
                            "map ids or speak of symbolic links, which is for binds alone",
                            "Add bind, or leave them out");
        }
        if ((options.links() & MountOptions.COPY_LINK) != 0 && options.links() != MountOptions.COPY_LINK) {
            throw section.at("options").wrong("have \"copy-symlink\" and another word for links", "Write one of them");
        }
        if (options.copyUp() && (options.bind() || !type.equals("tmpfs"))) {
            throw section.at("options")
                    .wrong(
                            "have " + Value.quoted(MountWords.COPY_UP) + ", which is for tmpfs alone",
                            "Leave it out, or mount a tmpfs");
        }
        if (options.bind()) {
            return withoutData(data, options, ids == null);
        }
        return forNewFileSystem(section, options);
    }

    /**
     * mount(2), "Creating a bind mount": what is for the file system is ignored. {@code mode=755} is left out with a
     * warning, as configurations have it that other runtimes take; a lone word may be a misspelt {@code ro}.
     */
    private static MountOptions withoutData(List<Value> values, MountOptions options, boolean living) {
        for (Value value : values) {
            String word = value.text();
            if (!options.data().contains(word)) {
                continue;
            }
            if (living || !word.contains("=")) {
                throw value.wrong(
                        Value.quoted(word) + " is not an option of bind mounts", "Leave it out, or correct it");
            }
            value.unknown().add(value.path() + ": " + Value.quoted(word));
        }
        return options.withoutData();
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
