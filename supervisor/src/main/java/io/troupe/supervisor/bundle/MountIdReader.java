package io.troupe.supervisor.bundle;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.Namespaces.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id maps of a mount: config.md's fields and options, and crun's {@code idmap=uids=0-1000-1;gids=0-1000-1}. */
final class MountIdReader {
    /** A range: id of the file system, id of the host or with @ of the container, size. */
    private static final Pattern RANGE = Pattern.compile("(@?)([0-9]{1,10})-([0-9]{1,10})-([0-9]{1,10})");

    private static final Pattern MAPS = Pattern.compile("uids=([^;]+);gids=([^;]+)|gids=([^;]+);uids=([^;]+)");
    private static final long MAX_UNSIGNED = 0xffff_ffffL;
    /** Alone, or with maps after an equals sign. */
    static final Set<String> WORDS = Set.of("idmap", "ridmap");

    private final LinuxSection linux;

    MountIdReader(LinuxSection linux) {
        this.linux = linux;
    }

    /** {@return whether an option is about ids, and none of the kernel's or a file system's} */
    static boolean isWord(String word) {
        return WORDS.contains(word) || WORDS.stream().anyMatch(one -> word.startsWith(one + "="));
    }

    /**
     * {@return the maps of a mount; null for none}
     *
     * @param option the last one that {@link #isWord}; null for none
     */
    @Nullable
    MountIds ids(Section mount, @Nullable Value option) {
        List<IdMapping> uids = NamespaceReader.ranges(mount, "uidMappings");
        List<IdMapping> gids = NamespaceReader.ranges(mount, "gidMappings");
        boolean recursive = option != null && option.text().startsWith("r");
        if (uids.isEmpty() != gids.isEmpty()) {
            throw mount.at(uids.isEmpty() ? "uidMappings" : "gidMappings")
                    .wrong("is missing: users and groups are mapped together", "Write both, or neither");
        }
        if (option != null && option.text().contains("=")) {
            if (!uids.isEmpty()) {
                throw option.wrong("maps ids, and so do uidMappings and gidMappings", "Use one of them");
            }
            return written(option, recursive);
        }
        if (!uids.isEmpty()) {
            return new MountIds(uids, gids, "", recursive);
        }
        return option == null ? null : ofContainer(option, recursive);
    }

    private MountIds ofContainer(Value option, boolean recursive) {
        Namespace namespace = linux.namespaces().of(Kind.USER).orElse(null);
        if (namespace == null) {
            throw option.wrong(
                    Value.quoted(option.text()) + " maps by the container's user namespace, and there is none",
                    "Add uidMappings and gidMappings to the mount");
        }
        return namespace.isNew()
                ? new MountIds(linux.uidMappings(), linux.gidMappings(), "", recursive)
                : new MountIds(List.of(), List.of(), namespace.path(), recursive);
    }

    private MountIds written(Value option, boolean recursive) {
        Matcher maps = MAPS.matcher(option.text().substring(option.text().indexOf('=') + 1));
        if (!maps.matches()) {
            throw wrong(option);
        }
        boolean usersFirst = maps.group(1) != null;
        return new MountIds(
                ranges(option, maps.group(usersFirst ? 1 : 4), linux.uidMappings()),
                ranges(option, maps.group(usersFirst ? 2 : 3), linux.gidMappings()),
                "",
                recursive);
    }

    private static List<IdMapping> ranges(Value option, String text, List<IdMapping> container) {
        List<IdMapping> ranges = new ArrayList<>();
        for (String one : text.split("#", -1)) {
            Matcher range = RANGE.matcher(one);
            if (!range.matches()) {
                throw wrong(option);
            }
            long inside = Long.parseLong(range.group(2));
            long outside = Long.parseLong(range.group(3));
            long size = Long.parseLong(range.group(4));
            if (size == 0 || Math.max(inside, outside) + size > MAX_UNSIGNED) {
                throw wrong(option);
            }
            ranges.add(new IdMapping(
                    inside, range.group(1).isEmpty() ? outside : onHost(option, outside, size, container), size));
        }
        return List.copyOf(ranges);
    }

    private static long onHost(Value option, long id, long size, List<IdMapping> container) {
        return container.stream()
                .filter(range -> id >= range.containerId() && id + size <= range.containerId() + range.size())
                .mapToLong(range -> range.hostId() + id - range.containerId())
                .findFirst()
                .orElseThrow(() -> option.wrong(
                        id + "-" + size + " after @ is not in one range of the container's map",
                        "Map it in linux.uidMappings and linux.gidMappings, or write ids of the host without @"));
    }

    private static FailureException wrong(Value option) {
        return option.wrong(
                Value.quoted(option.text()) + " is not a map of ids",
                "Write one such as idmap=uids=0-1000-1;gids=0-1000-1");
    }
}
