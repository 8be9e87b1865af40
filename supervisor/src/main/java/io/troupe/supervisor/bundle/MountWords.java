package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The option words of mount(8) that are not data for a file system, with the numbers of linux/mount.h (mount_setattr(2))
 * and mount(2).
 */
final class MountWords {
    static final long READ_ONLY = 0x1;
    static final long NO_SUID = 0x2;
    static final long NO_DEV = 0x4;
    static final long NO_EXEC = 0x8;
    /** The field that the access time values share: RELATIME is 0 in it. */
    static final long ACCESS_TIME = 0x70;

    static final long NO_ACCESS_TIME = 0x10;
    static final long STRICT_ACCESS_TIME = 0x20;
    static final long NO_DIRECTORY_ACCESS_TIME = 0x80;
    static final long NO_SYMLINK_FOLLOW = 0x20_0000;

    static final long RECURSIVE = 0x4000;
    static final long UNBINDABLE = 0x2_0000;
    static final long PRIVATE = 0x4_0000;
    static final long SLAVE = 0x8_0000;
    static final long SHARED = 0x10_0000;

    /** What a word does to {@code MOUNT_ATTR_*}: bits that it sets and bits that it clears. */
    record Change(long set, long clear) {}

    /** Before one of {@link #ATTRIBUTES}: it is meant for the whole tree. */
    static final String TREE = "r";

    static final Map<String, Change> ATTRIBUTES = Map.ofEntries(
            Map.entry("ro", new Change(READ_ONLY, 0)),
            Map.entry("rw", new Change(0, READ_ONLY)),
            Map.entry("nosuid", new Change(NO_SUID, 0)),
            Map.entry("suid", new Change(0, NO_SUID)),
            Map.entry("nodev", new Change(NO_DEV, 0)),
            Map.entry("dev", new Change(0, NO_DEV)),
            Map.entry("noexec", new Change(NO_EXEC, 0)),
            Map.entry("exec", new Change(0, NO_EXEC)),
            Map.entry("nodiratime", new Change(NO_DIRECTORY_ACCESS_TIME, 0)),
            Map.entry("diratime", new Change(0, NO_DIRECTORY_ACCESS_TIME)),
            Map.entry("relatime", new Change(0, ACCESS_TIME)),
            Map.entry("norelatime", new Change(STRICT_ACCESS_TIME, ACCESS_TIME)),
            Map.entry("noatime", new Change(NO_ACCESS_TIME, ACCESS_TIME)),
            Map.entry("atime", new Change(0, ACCESS_TIME)),
            Map.entry("strictatime", new Change(STRICT_ACCESS_TIME, ACCESS_TIME)),
            Map.entry("nostrictatime", new Change(0, ACCESS_TIME)),
            Map.entry("nosymfollow", new Change(NO_SYMLINK_FOLLOW, 0)),
            Map.entry("symfollow", new Change(0, NO_SYMLINK_FOLLOW)));

    static final Map<String, Long> PROPAGATION = Map.of(
            "private",
            PRIVATE,
            "rprivate",
            PRIVATE | RECURSIVE,
            "shared",
            SHARED,
            "rshared",
            SHARED | RECURSIVE,
            "slave",
            SLAVE,
            "rslave",
            SLAVE | RECURSIVE,
            "unbindable",
            UNBINDABLE,
            "runbindable",
            UNBINDABLE | RECURSIVE);

    /** Fills a new tmpfs with what the directory that it covers has: runc's word, and no option of mount(8). */
    static final String COPY_UP = "tmpcopyup";

    /** Changes a mount that is there. */
    static final String REMOUNT = "remount";

    /** crun's words for symbolic links. */
    static final Map<String, Integer> LINKS = Map.of(
            "src-nofollow", MountOptions.SOURCE_ITSELF,
            "dest-nofollow", MountOptions.TARGET_ITSELF,
            "copy-symlink", MountOptions.COPY_LINK);

    /** Words that ask for what is so anyway. */
    static final Set<String> NOTHING =
            Set.of("defaults", "async", "nomand", "nolazytime", "noiversion", "loud", "silent");

    /** Words for a whole file system, which the kernel takes for any kind of it (fsconfig(2)), and binds have no use for. */
    static final Set<String> FILE_SYSTEM = Set.of("sync", "dirsync", "lazytime", "mand");

    static final Set<String> BINDS = Set.of("bind", "rbind");

    /** Words that mean something which is not served. */
    static final Set<String> UNSERVED = Set.of("move", "rmove");

    private MountWords() {}

    /** {@return all words that are served, in order} */
    static SortedSet<String> all() {
        SortedSet<String> all = new TreeSet<>(PROPAGATION.keySet());
        ATTRIBUTES.keySet().forEach(word -> all.addAll(List.of(word, TREE + word)));
        all.addAll(BINDS);
        all.addAll(LINKS.keySet());
        all.addAll(NOTHING);
        all.addAll(FILE_SYSTEM);
        all.addAll(MountIdReader.WORDS);
        all.addAll(List.of(COPY_UP, REMOUNT));
        return all;
    }
}
