package io.troupe.protocol;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a supervisor can be asked. Paths are absolute: whoever made the request resolved them against the caller's. */
public sealed interface Request {

    /** Requests about one container. */
    sealed interface OfContainer extends Request {
        ContainerName name();
    }

    /** runtime.md, "Create". */
    record Create(ContainerName name, BundleSource bundle, LaunchOptions options) implements OfContainer {}

    /**
     * Create and start in one, then, unless {@code detach}, wait, delete (unless {@code keep}) and answer the exit.
     *
     * @param detach answer once the program runs
     * @param keep leave the stopped container in place
     */
    record Run(ContainerName name, BundleSource bundle, LaunchOptions options, boolean detach, boolean keep)
            implements OfContainer {}

    /** runtime.md, "Start". */
    record Start(ContainerName name) implements OfContainer {}

    /** runtime.md, "Query State". */
    record State(ContainerName name) implements OfContainer {}

    /**
     * runtime.md, "Kill".
     *
     * @param signal a signal number, 1 to 64; 0 only asks whether the process is there
     * @param all every process of the container's cgroup
     */
    record Kill(ContainerName name, int signal, boolean all) implements OfContainer {}

    /**
     * runtime.md, "Delete".
     *
     * @param force kill it first if need be; no failure if there is no such container
     */
    record Delete(ContainerName name, boolean force) implements OfContainer {}

    /**
     * {@link Kill} of each container of a namespace of ids whose id the pattern is found in.
     *
     * @param root see {@link ContainerName}
     * @param pattern a regular expression of {@link java.util.regex.Pattern}
     */
    record KillMatching(String root, String pattern, int signal, boolean all) implements Request {}

    /**
     * {@link Delete} of each container of a namespace of ids whose id the pattern is found in.
     *
     * @param root see {@link ContainerName}
     * @param pattern a regular expression of {@link java.util.regex.Pattern}
     */
    record DeleteMatching(String root, String pattern, boolean force) implements Request {}

    /**
     * The processes of a container's cgroups.
     *
     * @param options for ps(1) on the host, whose lines about these processes are the answer; null for pids alone
     */
    record Ps(ContainerName name, @Nullable List<String> options) implements OfContainer {}

    /**
     * Changes limits of a container that lives; those that are not named stay.
     *
     * @param limits null for none
     */
    record Update(ContainerName name, @Nullable Limits limits, Schemata schemata) implements OfContainer {}

    /**
     * What its group of resctrl shall have: lines of a schemata file, such as {@code MB:0=20}.
     *
     * @param l3Cache null to leave it
     * @param memoryBandwidth null to leave it
     */
    record Schemata(@Nullable String l3Cache, @Nullable String memoryBandwidth) {}

    /** Limits, in JSON of the form of {@code linux.resources} (config-linux.md, "Control groups"). */
    sealed interface Limits {
        record Given(String json) implements Limits {}

        record InFile(String path) implements Limits {}

        /** What the client reads from its descriptor 0. */
        record OnStandardInput() implements Limits {}
    }

    /**
     * What a container uses: a {@link Reply.Used} each time, and one whenever it runs out of memory, until it has ended.
     *
     * @param every how often; null for once, and nothing else
     */
    record Usage(ContainerName name, @Nullable Duration every) implements OfContainer {}

    /** Stops all processes of a running container where they are. */
    record Pause(ContainerName name) implements OfContainer {}

    /** Lets the processes of a paused container go on. */
    record Resume(ContainerName name) implements OfContainer {}

    /** Runs another process in a running container. */
    record Exec(ContainerName name, ExecOptions options) implements OfContainer {}

    /**
     * Changes the mounts of a container that lives.
     *
     * @param file a JSON file with a list of mounts, as in config.json
     * @param add false to take them away, for which their destinations alone count
     */
    record ChangeMounts(ContainerName name, String file, boolean add) implements OfContainer {}

    /**
     * Has CRIU write the processes of a container that runs to images. The container is deleted, unless it is to run on.
     *
     * @param parent directory of the images of an earlier one with {@code preDump}, named from that of these; null for
     *     none
     * @param leaveRunning the processes go on
     * @param preDump only memory, ahead of another checkpoint; the processes go on
     * @param tcpSkipInFlight leave out TCP connections that are being made
     * @param linkRemap make names again for files that are open and have none left
     * @param pageServer where memory goes, or with lazy pages where CRIU serves it until all has been fetched; null for
     *     the images
     * @param statusFd descriptor of the caller's that gets a zero byte, and is closed, once CRIU serves lazy pages; null
     *     for none
     */
    record Checkpoint(
            ContainerName name,
            CriuOptions options,
            @Nullable String parent,
            boolean leaveRunning,
            boolean preDump,
            boolean tcpSkipInFlight,
            boolean linkRemap,
            @Nullable PageServer pageServer,
            @Nullable Integer statusFd)
            implements OfContainer {}

    /**
     * A server of memory.
     *
     * @param address an IP address
     * @param port 0 to 65535
     */
    record PageServer(String address, int port) {}

    /**
     * Has CRIU make a container of images; then as {@link Run}.
     *
     * @param detach answer once the processes run
     * @param tcpClose close the TCP connections that were open
     * @param lsmProfile {@code TYPE:NAME} of the security profile to run with; null for that in the images
     * @param lsmMountContext SELinux context of mounts; null for those in the images
     */
    record Restore(
            ContainerName name,
            BundleSource bundle,
            LaunchOptions launch,
            CriuOptions options,
            boolean detach,
            boolean tcpClose,
            @Nullable String lsmProfile,
            @Nullable String lsmMountContext)
            implements OfContainer {}

    /** Answers how the container's process ended, once it has, or from history. */
    record Wait(ContainerName name) implements OfContainer {}

    /** The container's life, from the journal; also of deleted containers. */
    record History(ContainerName name) implements OfContainer {}

    /** The causal chain of the present state. */
    record Why(ContainerName name) implements OfContainer {}

    /**
     * All containers of one namespace of ids.
     *
     * @param root see {@link ContainerName}
     */
    record ListContainers(String root) implements Request {}

    /**
     * Events of all containers with offsets greater than {@code since}, oldest first: a {@link Reply.Event} each, then
     * {@link Reply.Done} unless {@code follow}.
     *
     * @param since an offset; 0 for all
     * @param follow go on with new ones until the caller leaves
     */
    record Events(long since, boolean follow) implements Request {}

    /** What create would do, touching nothing. */
    record Plan(ContainerName name, BundleSource bundle, LaunchOptions options) implements Request {}

    /**
     * Writes an example of a config.json where there is none.
     *
     * @param file absolute
     * @param rootless for a container of the caller's user alone, in a user namespace
     */
    record Spec(String file, boolean rootless) implements Request {}

    /** What this supervisor and this host can do. */
    record Info() implements Request {}

    record SupervisorStatus() implements Request {}

    /** What of the specification there is; the host does not matter. */
    record Features() implements Request {}

    /** Ends the supervisor; containers stay as they are. */
    record SupervisorStop() implements Request {}

    /** Compares journal and host: processes, cgroups, mounts, directories. Changes nothing. */
    record Verify() implements Request {}

    /**
     * A client that lost its supervisor tells how the process it was parent of ended.
     *
     * @param waitStatus see wait(2)
     */
    record ReportExit(ContainerName name, int pid, int waitStatus) implements OfContainer {}

    /** Where the configuration comes from. */
    sealed interface BundleSource {
        /**
         * A bundle directory (bundle.md).
         *
         * @param config a file in place of its config.json; null for that one
         */
        record Directory(String path, @Nullable String config) implements BundleSource {}

        /**
         * A root file system without a configuration: the default one of {@code spec}, read-only, with these arguments.
         *
         * @param args the program and its arguments, not empty
         * @param env {@code NAME=value}, added to the default environment
         * @param cwd working directory inside
         * @param terminal whether it gets a terminal
         */
        record RootFileSystem(String rootfs, List<String> args, List<String> env, String cwd, boolean terminal)
                implements BundleSource {}
    }

    /** Who makes a container's cgroups. */
    enum CgroupManager {
        /** The launch itself, in the file system. */
        CGROUPFS,
        /** Likewise, and none where the supervisor may not make any: for its root too, as for others always. */
        DELEGATED,
        /** systemd, as a scope. */
        SYSTEMD,
        /** Nobody: the container stays in its caller's. */
        DISABLED
    }

    /**
     * Options that create and run share.
     *
     * @param pidFile file to write the pid to, once created; null for none
     * @param consoleSocket AF_UNIX socket that gets the terminal's master; null for none
     * @param preserveFds descriptors from 3 on to hand to the process
     * @param noPivot MS_MOVE and chroot instead of pivot_root(2)
     * @param noNewKeyring keep the caller's session keyring
     * @param pidfdSocket AF_UNIX socket that gets the process's pidfd; null for none
     * @param cgroups who makes the cgroups
     */
    record LaunchOptions(
            @Nullable String pidFile,
            @Nullable String consoleSocket,
            int preserveFds,
            boolean noPivot,
            boolean noNewKeyring,
            @Nullable String pidfdSocket,
            CgroupManager cgroups) {}

    /**
     * Options that checkpoint and restore share.
     *
     * @param images directory of the images
     * @param work directory for logs; null for that of the images
     * @param tcpEstablished TCP connections that are open are kept
     * @param externalUnixSockets Unix sockets may have their other end outside
     * @param shellJob it may have the terminal of its caller
     * @param fileLocks locks of files are kept
     * @param autoDedup take out of the parent's images what later ones have anew
     * @param cgroupsMode {@code soft}, {@code full}, {@code strict} or {@code ignore}; null for CRIU's default, soft
     * @param lazyPages memory is fetched later, by {@code criu lazy-pages}, from where it was
     */
    record CriuOptions(
            String images,
            @Nullable String work,
            boolean tcpEstablished,
            boolean externalUnixSockets,
            boolean shellJob,
            boolean fileLocks,
            boolean autoDedup,
            @Nullable String cgroupsMode,
            boolean lazyPages) {
        /** {@return the directory for logs} */
        public String logs() {
            return work == null ? images : work;
        }
    }

    /**
     * What exec runs. Fields that are null come from the container's own process.
     *
     * @param processFile a file with an OCI process object, which replaces all the others; null for none
     * @param args the program and its arguments; empty only with {@code processFile}
     * @param env added to the container's
     * @param user {@code UID}, which leaves the groups as they are, or {@code UID:GID}
     * @param capabilities added, such as CAP_NET_ADMIN
     * @param pidfdSocket AF_UNIX socket that gets the process's pidfd; null for none
     * @param cgroups existing cgroups below the container's, each {@code PATH} or, on version 1,
     *     {@code CONTROLLER[,CONTROLLER...]:PATH}; empty for the container's own
     * @param ignorePaused also in a paused container, where it waits for resume
     * @param apparmor name of an AppArmor profile
     * @param processLabel SELinux label
     */
    record ExecOptions(
            @Nullable String processFile,
            List<String> args,
            List<String> env,
            @Nullable String cwd,
            @Nullable String user,
            List<Long> additionalGids,
            List<String> capabilities,
            boolean noNewPrivileges,
            boolean terminal,
            boolean detach,
            @Nullable String pidFile,
            @Nullable String consoleSocket,
            int preserveFds,
            @Nullable String pidfdSocket,
            List<String> cgroups,
            boolean ignorePaused,
            @Nullable String apparmor,
            @Nullable String processLabel) {}
}
