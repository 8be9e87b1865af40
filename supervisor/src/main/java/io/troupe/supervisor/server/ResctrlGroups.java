package io.troupe.supervisor.server;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.IntelRdt;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.plan.ResctrlGroup;
import io.troupe.supervisor.plan.Schemata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which group of resctrl a container has, on this host as it is now (config-linux.md, "IntelRdt"). */
record ResctrlGroups(Resctrl resctrl) {
    private static final String FIELD = "config.json: linux.intelRdt";
    private static final List<String> CACHE = List.of("L3", "L3CODE", "L3DATA");
    private static final String BANDWIDTH = "MB";

    /**
     * {@return the group of a container that is to be created; null if its configuration asks for none}
     *
     * @param mounted null if it is not
     * @throws FailureException UNSUPPORTED without resctrl, INVALID_BUNDLE if a group does not fit
     */
    static @Nullable ResctrlGroup toCreate(ContainerName name, OciConfig config, @Nullable Resctrl mounted) {
        IntelRdt wanted = config.linux().intelRdt();
        return wanted == null ? null : need(mounted).group(name, wanted);
    }

    /** {@return the groups; fails if resctrl is not mounted} */
    static ResctrlGroups need(@Nullable Resctrl mounted) {
        if (mounted == null) {
            throw new FailureException(
                    FailureCode.UNSUPPORTED,
                    FIELD,
                    "no resctrl file system is mounted",
                    "Mount it (mount -t resctrl resctrl /sys/fs/resctrl), or leave it out");
        }
        return new ResctrlGroups(mounted);
    }

    private ResctrlGroup group(ContainerName name, IntelRdt wanted) {
        requireAbilities(wanted);
        if (!IntelRdt.isName(name.id())) {
            throw wrong("", "\"" + name.id() + "\" is not the name of a group", "Use another container id");
        }
        String directory = directory(name, wanted);
        boolean there = isDirectory(directory);
        boolean named = !wanted.closId().isEmpty();
        if (named && !there && wanted.changesNothing()) {
            throw wrong(
                    ".closID",
                    "there is no group \"" + wanted.closId() + "\" at " + resctrl.root(),
                    "Make it, or say with l3CacheSchema, memBwSchema or schemata what it shall have");
        }
        if (there) {
            requireSame(directory, wanted);
        }
        String monitoring = wanted.monitoring() ? monitoring(directory, name) : "";
        if (!monitoring.isEmpty() && isDirectory(monitoring)) {
            throw wrong(".enableMonitoring", "there is a group " + monitoring + " already", "Use another container id");
        }
        String lines = Stream.of(wanted.l3CacheSchema(), wanted.memBwSchema(), wanted.schemata())
                .flatMap(List::stream)
                .map(line -> line + "\n")
                .reduce("", String::concat);
        return new ResctrlGroup(directory, !there, !there && !named, lines, monitoring, resctrl.fileSystem());
    }

    /** {@return the directory of the group that a container is in} */
    String directory(ContainerName name, IntelRdt wanted) {
        return resctrl.directory(wanted.closId().isEmpty() ? name.id() : wanted.closId());
    }

    /** {@return the directory of the group that its counters are in} */
    static String monitoring(String directory, ContainerName name) {
        return directory + "/mon_groups/" + name.id();
    }

    /** {@return the files for the pid of one more process; a group that was removed has put its tasks elsewhere} */
    List<String> tasks(ContainerName name, IntelRdt wanted) {
        String directory = directory(name, wanted);
        return Stream.of(directory, wanted.monitoring() ? monitoring(directory, name) : "")
                .filter(group -> !group.isEmpty() && isDirectory(group))
                .map(group -> group + "/tasks")
                .toList();
    }

    private void requireAbilities(IntelRdt wanted) {
        if (!wanted.l3CacheSchema().isEmpty()) {
            requireCache(FIELD + ".l3CacheSchema");
        }
        if (!wanted.memBwSchema().isEmpty()) {
            requireBandwidth(FIELD + ".memBwSchema");
        }
    }

    void requireCache(String where) {
        if (CACHE.stream().noneMatch(resctrl::can)) {
            throw unable(where, "level 3 cache");
        }
    }

    void requireBandwidth(String where) {
        if (!resctrl.can(BANDWIDTH)) {
            throw unable(where, "memory bandwidth");
        }
    }

    private static FailureException unable(String where, String what) {
        return new FailureException(
                FailureCode.UNSUPPORTED, where, "this host cannot allocate " + what, "Leave it out");
    }

    private void requireSame(String directory, IntelRdt wanted) {
        String text = Resctrl.text(directory + "/schemata");
        String granularity = Resctrl.text(resctrl.root() + "/info/MB/bandwidth_gran");
        long step = granularity.matches("[0-9]{1,9}") ? Long.parseLong(granularity) : 1;
        for (String line : wanted.l3CacheSchema()) {
            requireSame(".l3CacheSchema", directory, Schemata.has(text, line, step));
        }
        for (String line : wanted.memBwSchema()) {
            requireSame(".memBwSchema", directory, Schemata.has(text, line, step));
        }
    }

    private static void requireSame(String field, String directory, boolean same) {
        if (!same) {
            throw wrong(
                    field,
                    "the group " + directory + " is there and has another one",
                    "Write what its file schemata says, or name another group");
        }
    }

    private static boolean isDirectory(String path) {
        return Files.isDirectory(Path.of(path));
    }

    private static FailureException wrong(String field, String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, FIELD + field, what, remedy);
    }
}
