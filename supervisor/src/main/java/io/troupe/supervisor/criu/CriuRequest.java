package io.troupe.supervisor.criu;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request to CRIU, as a {@code criu_req} with its {@code criu_opts}. Descriptors are numbers of CRIU's own process,
 * which gets them when it is executed. What is not said is CRIU's default.
 */
public final class CriuRequest {
    /** What is asked for; the numbers are rpc.proto's {@code criu_req_type}. */
    public enum Kind {
        DUMP(1),
        RESTORE(2),
        PRE_DUMP(4),
        /** The answer to a notification. */
        NOTIFY(6),
        /** What this CRIU and this kernel can. */
        FEATURES(9);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** What is done with cgroups; the numbers are rpc.proto's {@code criu_cg_mode}. */
    public enum CgroupsMode {
        IGNORE(0),
        SOFT(3),
        FULL(4),
        STRICT(5);

        private final int number;

        CgroupsMode(int number) {
            this.number = number;
        }

        /** {@return the one of a word of the command line, such as {@code soft}; soft for null} */
        public static CgroupsMode of(@Nullable String word) {
            return word == null ? SOFT : valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    private static final int TYPE = 1;
    private static final int OPTIONS = 2;
    private static final int NOTIFY_SUCCESS = 3;
    private static final int KEEP_OPEN = 4;
    private static final int FEATURES = 5;
    /** Debugging: what fails is told by lines of all levels. */
    private static final int LOG_LEVEL = 4;
    /** CLONE_NEWNET: network namespaces are made empty, and filled by who has the network. */
    private static final int EMPTY_NETWORK = 0x40000000;

    /** What a request may need of this CRIU and this kernel; the numbers are those of {@code criu_features}. */
    public enum Feature {
        MEMORY_TRACKING(1, "the kernel does not track changes of memory (CONFIG_MEM_SOFT_DIRTY)"),
        LAZY_PAGES(2, "the kernel does not let memory be fetched later (userfaultfd(2), Linux 4.11)");

        private final int number;
        private final String lack;

        Feature(int number, String lack) {
            this.number = number;
            this.lack = lack;
        }

        /** {@return what is to be said where it is missing} */
        public String lack() {
            return lack;
        }

        int number() {
            return number;
        }
    }

    private final Kind kind;
    private final ProtobufWriter options = new ProtobufWriter();

    private CriuRequest(Kind kind) {
        this.kind = kind;
    }

    /**
     * Begins a request. Whoever asks is asked on the way, by notifications.
     *
     * @param images descriptor of the directory for images
     * @param work descriptor of the directory for the log and other files of work
     * @param log name of the log file in it
     */
    public static CriuRequest of(Kind kind, int images, int work, String log) {
        CriuRequest request = new CriuRequest(kind);
        request.options
                .number(1, images)
                .number(17, work)
                .text(10, log)
                .number(9, LOG_LEVEL)
                .flag(12, true)
                .number(38, EMPTY_NETWORK)
                .flag(50, true);
        return request;
    }

    /**
     * {@return the question whether there is a feature}
     *
     * @param more whether another request follows
     */
    public static byte[] asks(Feature feature, boolean more) {
        return new ProtobufWriter()
                .number(TYPE, Kind.FEATURES.number)
                .flag(KEEP_OPEN, more)
                .message(FEATURES, new ProtobufWriter().flag(feature.number, true))
                .toBytes();
    }

    /** {@return the answer to a notification: whether to go on} */
    public static byte[] answer(boolean goOn) {
        return new ProtobufWriter()
                .number(TYPE, Kind.NOTIFY.number)
                .flag(NOTIFY_SUCCESS, goOn)
                .toBytes();
    }

    /** The root of the tree of processes to write. */
    public CriuRequest pid(int pid) {
        options.number(2, pid);
        return this;
    }

    /** The container's root; at a restore a directory that something is mounted on. */
    public CriuRequest root(String directory) {
        options.text(13, directory);
        return this;
    }

    public CriuRequest cgroups(CgroupsMode mode) {
        options.flag(24, mode != CgroupsMode.IGNORE).number(34, mode.number);
        return this;
    }

    /** Stops the processes by this cgroup's freezer. */
    public CriuRequest freezer(String cgroup) {
        options.text(44, cgroup);
        return this;
    }

    /**
     * At a restore, the cgroup that comes in place of the one in the images.
     *
     * @param controller as in /proc/self/cgroup, "" for version 2
     * @param path from the root of the hierarchy
     */
    public CriuRequest cgroup(String controller, String path) {
        options.message(25, new ProtobufWriter().text(1, controller).text(2, path));
        return this;
    }

    /** The restored processes become children of CRIU's parent. */
    public CriuRequest sibling() {
        options.flag(26, true);
        return this;
    }

    /** Devices are opened by another path where theirs is hidden. */
    public CriuRequest evasiveDevices() {
        options.flag(6, true);
        return this;
    }

    /** Mounts that are shared with mounts outside, or follow them, stay so. */
    public CriuRequest sharedMounts() {
        options.flag(29, true).flag(30, true);
        return this;
    }

    /** A mount from outside: at a dump by its mount point and a name; at a restore by that name and its source. */
    public CriuRequest externalMount(String key, String value) {
        options.message(23, new ProtobufWriter().text(1, key).text(2, value));
        return this;
    }

    /** Something else from outside, such as {@code net[4026531840]:NAME}. */
    public CriuRequest external(String what) {
        options.text(37, what);
        return this;
    }

    /** At a restore, what comes in place of something external: a descriptor of CRIU's. */
    public CriuRequest inherit(String key, int descriptor) {
        options.message(27, new ProtobufWriter().text(1, key).number(2, descriptor));
        return this;
    }

    /** At a restore, a namespace that is there already, such as {@code ipc}. */
    public CriuRequest join(String namespace, String path) {
        options.message(39, new ProtobufWriter().text(1, namespace).text(2, path));
        return this;
    }

    /** A configuration file of CRIU's, which overrides all of this. CRIU ignores one that is missing. */
    public CriuRequest configuration(String file) {
        options.text(51, file);
        return this;
    }

    public CriuRequest leaveRunning(boolean leave) {
        options.flag(3, leave);
        return this;
    }

    public CriuRequest tcpEstablished(boolean allowed) {
        options.flag(5, allowed);
        return this;
    }

    public CriuRequest tcpSkipInFlight(boolean skip) {
        options.flag(46, skip);
        return this;
    }

    public CriuRequest tcpClose(boolean closed) {
        options.flag(52, closed);
        return this;
    }

    public CriuRequest externalUnixSockets(boolean allowed) {
        options.flag(4, allowed);
        return this;
    }

    public CriuRequest shellJob(boolean allowed) {
        options.flag(7, allowed);
        return this;
    }

    public CriuRequest fileLocks(boolean kept) {
        options.flag(8, kept);
        return this;
    }

    public CriuRequest linkRemap(boolean allowed) {
        options.flag(18, allowed);
        return this;
    }

    public CriuRequest autoDedup(boolean on) {
        options.flag(16, on);
        return this;
    }

    /** Only what has changed since the images in this directory, which is named from that of the images. */
    public CriuRequest parent(String directory) {
        options.text(14, directory).flag(15, true);
        return this;
    }

    /** Memory goes to a page server. */
    public CriuRequest pageServer(String address, int port) {
        options.message(11, new ProtobufWriter().text(1, address).number(2, port));
        return this;
    }

    /** Memory stays where it is until it is fetched: a dump serves it, a restore has it fetched by {@code criu lazy-pages}. */
    public CriuRequest lazyPages(boolean lazy) {
        options.flag(48, lazy);
        return this;
    }

    /** {@code TYPE:NAME}, such as {@code apparmor:web}. */
    public CriuRequest securityProfile(String profile) {
        options.text(53, profile);
        return this;
    }

    public CriuRequest mountContext(String context) {
        options.text(63, context);
        return this;
    }

    /** {@return the packet} */
    public byte[] toBytes() {
        return new ProtobufWriter()
                .number(TYPE, kind.number)
                .message(OPTIONS, options)
                .toBytes();
    }
}
