package io.troupe.supervisor.bundle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the options of a mount mean, in the kernel's numbers. A bit is never in both of a set/clear pair, except that the
 * access time field ({@code MOUNT_ATTR__ATIME}, 0x70) is cleared whole whenever one of its values is set, as
 * mount_setattr(2) wants.
 *
 * @param bind whether an existing tree is bound
 * @param recursive with the mounts below it
 * @param set {@code MOUNT_ATTR_*} to set on the mount
 * @param clear {@code MOUNT_ATTR_*} to clear on the mount
 * @param setAll {@code MOUNT_ATTR_*} to set on the whole tree
 * @param clearAll {@code MOUNT_ATTR_*} to clear on the whole tree
 * @param propagation {@code MS_*} bits, with {@code MS_REC} for the r-forms; 0 to leave it
 * @param data options for the file system, each {@code key} or {@code key=value}; always empty for binds
 * @param copyUp whether a new tmpfs begins with what the directory that it covers has; never for binds
 * @param links how symbolic links are taken: bits {@link #SOURCE_ITSELF}, {@link #TARGET_ITSELF}, {@link #COPY_LINK}
 * @param remount whether a mount that is there is changed, and none made
 * @param ids whose the files seem to be; null for whose they are
 */
public record MountOptions(
        boolean bind,
        boolean recursive,
        long set,
        long clear,
        long setAll,
        long clearAll,
        long propagation,
        List<String> data,
        boolean copyUp,
        int links,
        boolean remount,
        @Nullable MountIds ids) {

    /** A source that is a symbolic link is bound itself. */
    public static final int SOURCE_ITSELF = 1;
    /** A target that is a symbolic link is covered itself. */
    public static final int TARGET_ITSELF = 2;
    /** A source that is a symbolic link is made anew at the target, and nothing mounted. */
    public static final int COPY_LINK = 4;

    /** Options that nothing else is asked with. */
    public MountOptions(
            boolean bind,
            boolean recursive,
            long set,
            long clear,
            long setAll,
            long clearAll,
            long propagation,
            List<String> data,
            boolean copyUp) {
        this(bind, recursive, set, clear, setAll, clearAll, propagation, data, copyUp, 0, false, null);
    }

    /** {@return the same without options for a file system} */
    MountOptions withoutData() {
        return new MountOptions(
                bind, recursive, set, clear, setAll, clearAll, propagation, List.of(), copyUp, links, remount, ids);
    }

    /** Reads the options of a mount in their order: a later word overrides an earlier one. */
    static final class Builder {
        private boolean bind;
        private boolean recursive;
        private long set;
        private long clear;
        private long setAll;
        private long clearAll;
        private long propagation;
        private boolean copyUp;
        private int links;
        private boolean remount;
        private @Nullable MountIds ids;
        private final List<String> data = new ArrayList<>();

        /** @param bind whether the type says so already */
        Builder(boolean bind) {
            this.bind = bind;
        }

        /** Takes a word. Anything that is no word of mount(8) is data for the file system. */
        void add(String word) {
            MountWords.Change one = MountWords.ATTRIBUTES.get(word);
            MountWords.Change all =
                    word.startsWith(MountWords.TREE) ? MountWords.ATTRIBUTES.get(word.substring(1)) : null;
            Long kind = MountWords.PROPAGATION.get(word);
            if (one != null) {
                set = (set & ~one.clear()) | one.set();
                clear = (clear & ~one.set()) | one.clear();
            } else if (all != null) {
                setAll = (setAll & ~all.clear()) | all.set();
                clearAll = (clearAll & ~all.set()) | all.clear();
            } else if (kind != null) {
                propagation = kind;
            } else if (MountWords.BINDS.contains(word)) {
                bind = true;
                recursive |= word.equals("rbind");
            } else if (word.equals(MountWords.COPY_UP)) {
                copyUp = true;
            } else if (MountWords.LINKS.containsKey(word)) {
                links |= MountWords.LINKS.get(word);
            } else if (word.equals(MountWords.REMOUNT)) {
                remount = true;
            } else if (!MountWords.NOTHING.contains(word)) {
                // Also those of MountWords.FILE_SYSTEM.
                data.add(word);
            }
        }

        /** Sets the maps of ids, which words alone do not say. */
        void map(@Nullable MountIds maps) {
            ids = maps;
        }

        MountOptions build() {
            return new MountOptions(
                    bind,
                    recursive,
                    set,
                    whole(clear, set),
                    setAll,
                    whole(clearAll, setAll),
                    propagation,
                    List.copyOf(data),
                    copyUp,
                    links,
                    remount,
                    ids);
        }

        /** The access time field is cleared whole or not at all. */
        private static long whole(long clear, long set) {
            return (set & MountWords.ACCESS_TIME) != 0 ? clear | MountWords.ACCESS_TIME : clear;
        }
    }
}
