package io.troupe.launch;

import java.util.List;

/**
 * One thing that the launcher can do. A step says how, never whether: policy has been applied before it was written.
 *
 * <p>Paths named {@code target} are inside the container: they are resolved beneath the root file system's descriptor by
 * {@code openat2(2)} with {@code RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS}, never by name from the host. Paths named
 * {@code path} or {@code source} are the host's and absolute. Numbers (flags, attributes) are the kernel's own.
 */
public sealed interface Step {

    // ---- in before and after: the client, in the runtime's namespaces
    // ------------------------------------------------

    /**
     * Makes a directory and its missing parents; one that exists already is kept. Mode in octal, before umask 0.
     *
     * @param fileSystem what it has to be on, as linux/magic.h numbers it, or nothing is left there; 0 for any
     */
    record MakeDirectory(String path, int mode, long fileSystem) implements Step {}

    /** Writes {@code value} to an existing file with one {@code write(2)}: a cgroup control, an id map. */
    record WriteFile(String path, String value) implements Step {}

    /**
     * Writes to the first of the files that exists what stands at its place among the values: for controls that kernels
     * call by different names. ENOENT if none exists.
     *
     * @param values as many as paths
     */
    record WriteFirst(List<String> paths, List<String> values) implements Step {}

    /** Gives a version 2 cgroup's directory, and those of its files that there are, to a user of the host. */
    record OwnCgroup(String directory, List<String> files, long uid) implements Step {}

    /**
     * Writes what the host file {@code source} contains to the host file {@code path} if that is empty: a cpuset of
     * version 1 begins empty, and nobody can enter it (cpuset(7)).
     */
    record Inherit(String path, String source) implements Step {}

    /** Has a version 2 cgroup pass controllers on: adds to its cgroup.subtree_control those that are not there. */
    record EnableControllers(String directory, List<String> controllers) implements Step {}

    /** Writes the decimal pid of the new process (as the client sees it) to each file: cgroup.procs. Only in after. */
    record WritePid(List<String> paths) implements Step {}

    /**
     * Writes the id maps of the new process (user_namespaces(7)). Only in after. {@code setgroups} is written
     * {@code deny} first if asked. Maps have the kernel's form, a line a range.
     */
    record MapIds(String uidMap, String gidMap, boolean denySetgroups) implements Step {}

    /**
     * Has newgidmap(1) and newuidmap(1) write the maps, as they may for whom /etc/subuid and /etc/subgid name. Only in
     * after. Each list is argv, whose second word the new process's pid replaces; argv[0] is the program's path.
     */
    record MapIdsByHelpers(List<String> gids, List<String> uids) implements Step {}

    /**
     * Clones into this cgroup v2 directory ({@code CLONE_INTO_CGROUP}). Only in before; at most one.
     */
    record IntoCgroup(String path) implements Step {}

    /** Attaches an eBPF program of type {@code BPF_PROG_TYPE_CGROUP_DEVICE} to a cgroup v2 directory. */
    record DeviceFilter(String cgroup, Bytecode instructions) implements Step {}

    /**
     * Makes a listening {@code AF_UNIX} stream socket at {@code directory/name}, mode 0600, which the container's process
     * inherits and {@link Gate} accepts from. Only in before. Bound through a descriptor of the directory, so that the
     * length of the path does not matter.
     */
    record Listen(String directory, String name) implements Step {}

    /** Connects to the {@code AF_UNIX} stream socket that will get the pty's master from {@link Console}. Only in before. */
    record ConnectConsole(String path) implements Step {}

    /**
     * Sends the new process's pidfd (SCM_RIGHTS), with {@code word} as the data, to the listening {@code AF_UNIX} stream
     * socket at {@code path}. Only in after.
     */
    record SendPidfd(String path, String word) implements Step {}

    /** Checks that the caller has opened that many descriptors from 3 on, for the program to get. Only in before. */
    record Passed(int count) implements Step {}

    /** Checks that the caller has opened a descriptor, for writing. Only in before. */
    record Writable(int number) implements Step {}

    /** Writes one zero byte to a descriptor of the caller's, and closes it unless it is a standard stream. Only in before. */
    record WriteZero(int number) implements Step {}

    /**
     * Runs an OCI hook and waits for it. In before and after in the runtime's namespaces, in child in the container's.
     * Working directory: the client's in before and after (see {@link ChangeDirectory}), as it is in child. Standard
     * input is {@code stateHead}, the decimal host pid of the container's process, {@code stateTail}; the end of
     * what it writes is in the failure's detail if it fails, but for what {@link HookOutput} sends elsewhere. A hook that fails or outlives its time (it is then killed) fails the step, unless
     * {@code mayFail}: then the failure is reported as a warning and the plan goes on.
     *
     * @param name what users call it, such as {@code createRuntime[0]}
     * @param args argv, with argv[0]; empty means the path alone
     * @param timeoutMillis 0 for none
     * @param pid the pid to write, or 0 for the process of this plan
     */
    record Hook(
            String name,
            String path,
            List<String> args,
            List<String> env,
            int timeoutMillis,
            String stateHead,
            String stateTail,
            int pid,
            boolean mayFail)
            implements Step {}

    /**
     * Opens files of the host, made if missing, for every later {@link Hook} of the plan to append its standard output and
     * its standard error to; an empty path leaves the one out. Only in before.
     */
    record HookOutput(String output, String errors) implements Step {}

    /** Changes the working directory of who runs the step, by the host's path: the bundle, for hooks. */
    record ChangeDirectory(String path) implements Step {}

    /**
     * Moves a network interface from the runtime's network namespace to the new process's, brings it up there and gives
     * back its permanent global addresses. ENODEV if there is none, EEXIST if the name is taken. Only in after.
     *
     * @param inside its name there; a template if it has {@code %d}
     */
    record MoveInterface(String name, String inside) implements Step {}

    // ---- both sides
    // --------------------------------------------------------------------------------------------------

    /** Tells the other side (child to client or client to child) that this point has been reached. */
    record Tell() implements Step {}

    /** Waits until the other side has told one more point than was awaited so far; its failure or death ends the plan. */
    record Await() implements Step {}

    /**
     * Waits until the supervisor says ({@code FRAME_SCOPED}) that systemd has put the plan's process in its scope. The
     * process itself has to wait for a {@link Tell} after this.
     */
    record AwaitScope() implements Step {}

    // ---- in join (and child): namespaces ---------------------------------------------------------------------------

    /** Enters the namespace at a host path, of kind {@code CLONE_NEW*} (setns(2)). */
    record JoinNamespace(String path, long kind) implements Step {}

    /** Enters the namespaces {@code kinds} of the process whose pidfd came with the plan, or one that came (setns(2)). */
    record JoinProcess(long kinds) implements Step {}

    /**
     * Takes the root of the process whose pidfd came with the plan, for {@link ChangeRoot}: it has none of its own in a
     * mount namespace that it shares.
     *
     * @param pid of that process, as the client sees it
     */
    record RootOf(int pid) implements Step {}

    /** {@code unshare(2)}: {@code CLONE_NEWCGROUP} in child, {@code CLONE_NEWTIME} in join. */
    record Unshare(long kinds) implements Step {}

    /** Writes /proc/self/timens_offsets after {@code CLONE_NEWTIME}; the kernel's form. Only in join. */
    record TimeOffsets(String offsets) implements Step {}

    /**
     * Moves the process that runs the step into a cgroup by writing 0 to each file: cgroup.procs, or on version 1 tasks.
     * A thread that moves itself by the latter spares the kernel to stop all forks meanwhile, which may take milliseconds.
     */
    record EnterCgroups(List<String> paths) implements Step {}

    /**
     * Becomes uid 0 and gid 0 of the user namespace, so that mounts may be made; supplementary groups are dropped, if that is
     * allowed there.
     */
    record BecomeRoot(boolean keepGroups) implements Step {}

    // ---- in child: the file system
    // -----------------------------------------------------------------------------------

    /** Sets the propagation of the mount at the host's "/" ({@code MS_SLAVE|MS_REC} and such), the first thing of all. */
    record Propagation(long flags) implements Step {}

    /**
     * Makes the host directory the root that every later {@code target} is beneath: a private bind mount of itself,
     * recursive.
     */
    record Root(String path) implements Step {}

    /**
     * The same in a mount namespace that others are in too: the copy of {@code path} is made visible at the directory
     * {@code place}, and no other mount is changed. {@link ChangeRoot} enters it.
     */
    record SharedRoot(String path, String place) implements Step {}

    /** Enters the root by chroot(2) alone. */
    record ChangeRoot() implements Step {}

    /**
     * Mounts a new file system at {@code target} by fsopen(2), fsconfig(2), fsmount(2), move_mount(2). The target
     * directory is made (0755) if missing. For the targets /proc and /sys a symbolic link on the way is refused.
     *
     * @param attributes {@code MOUNT_ATTR_*} to set
     * @param options each {@code key} or {@code key=value}
     * @param propagation {@code MS_PRIVATE} and such, possibly with {@code MS_REC}; 0 to leave it
     * @param copyUp first fills it with what the target directory has, files, directories, links and nodes with owners,
     *     modes, times and extended attributes, and takes that directory's mode and owner unless {@code options} have
     *     them
     */
    record Mount(
            String type,
            String source,
            String target,
            long attributes,
            List<String> options,
            long propagation,
            boolean copyUp)
            implements Step {}

    /**
     * Binds a host path at {@code target} by open_tree(2), mount_setattr(2), move_mount(2). A missing target is made: a
     * directory or an empty file, as the source is. With {@code MOUNT_ATTR_RDONLY} among {@code set} it is read-only from
     * the start.
     *
     * @param recursive with the mounts below the source
     * @param set {@code MOUNT_ATTR_*} to set on the top mount
     * @param clear {@code MOUNT_ATTR_*} to clear on the top mount
     * @param setAll {@code MOUNT_ATTR_*} to set on the whole tree ({@code rro} and such)
     * @param clearAll likewise to clear
     * @param links how symbolic links are taken: 1, a source that is one is bound itself; 2, a target that is one is
     *     covered itself; 4, a source that is one is made anew at the target and nothing bound
     */
    record Bind(
            String source,
            String target,
            boolean recursive,
            long set,
            long clear,
            long setAll,
            long clearAll,
            long propagation,
            int links)
            implements Step {}

    /**
     * Opens a clone of the mounts at a host path, attached nowhere yet, for {@link AttachTree}: by the client, for a
     * process that cannot reach {@code source} by its name. Only in before. The rest is as in {@link Bind}.
     */
    record OpenTree(
            String source, boolean recursive, long set, long clear, long setAll, long clearAll, long propagation)
            implements Step {}

    /** Makes a new file system, attached nowhere yet, for {@link AttachTree}. Only in before; see {@link Mount}. */
    record NewTree(String type, String source, long attributes, List<String> options, long propagation)
            implements Step {}

    /**
     * Attaches the first of {@link OpenTree} and {@link NewTree} that is not attached yet at {@code target}, making what
     * is missing as {@link Bind} does. In join beneath the root of the mount namespace that has been joined.
     */
    record AttachTree(String target) implements Step {}

    /** Takes the mount at {@code target} away (MNT_DETACH), following no symbolic link. Only in join. */
    record Detach(String target) implements Step {}

    /**
     * Copies a tree of the host's mounts whose files seem to be others' (mount_setattr(2), MOUNT_ATTR_IDMAP), as a slave,
     * and hands it to the process. Only in after: the rights in the file system's own user namespace are needed.
     *
     * @param recursive with the mounts below the source
     * @param itself a source that is a symbolic link is copied itself
     * @param uidMap in the kernel's form, a line a range
     * @param namespace path of a user namespace whose maps count; empty for those given
     * @param mapAll whether the mounts below are mapped too
     */
    record MapTree(
            String source,
            boolean recursive,
            boolean itself,
            String uidMap,
            String gidMap,
            String namespace,
            boolean mapAll)
            implements Step {}

    /** Waits for the tree of the next {@link MapTree}; the {@link Bind} that follows binds it in place of its source. */
    record TakeTree() implements Step {}

    /** Makes a directory and its parents beneath the root. */
    record MakeTarget(String target, int mode) implements Step {}

    /** Changes attributes of the mount at {@code target}: to make a tmpfs read-only once it is filled. */
    record Remount(String target, long set, long clear) implements Step {}

    /**
     * Makes a device node, or where that is not permitted ({@code bind}) binds the host's node of the same path over an
     * empty file. A node that exists with the same kind and numbers is kept.
     *
     * @param mode permission bits and {@code S_IFCHR}, {@code S_IFBLK} or {@code S_IFIFO}
     */
    record Device(String target, int mode, int major, int minor, int uid, int gid, boolean bind) implements Step {}

    /**
     * Opens the container's /dev/null, for reading and writing, in place of each of descriptors 0, 1, 2 that is a null
     * device: callers open the host's one for reading alone and pass it as standard output.
     */
    record NullStreams() implements Step {}

    /** Makes a symbolic link beneath the root; one that exists with the same text is kept. */
    record Symlink(String text, String target) implements Step {}

    /**
     * Makes the pty: opens beneath the root's /dev/pts/ptmx (verified to be devpts), binds its other end to /dev/console,
     * and passes the master to the client (which sends it to the console socket, or relays it). With {@link Terminal}
     * later it becomes the controlling terminal and the three standard descriptors.
     */
    record Console(int rows, int columns, int uid, int gid) implements Step {}

    /** The same for a process that joins: opens /dev/pts/ptmx of the root it is in, with no bind to /dev/console. */
    record ExecConsole(int rows, int columns) implements Step {}

    /** New session, controlling terminal, descriptors 0, 1, 2: after {@link Console} or {@link ExecConsole}. */
    record Terminal() implements Step {}

    /** Covers what is at {@code target}, if anything: a directory by an empty read-only tmpfs, else by a verified /dev/null. */
    record Mask(String target) implements Step {}

    /** Makes what is at {@code target}, if anything, a read-only mount of itself. */
    record ReadOnly(String target) implements Step {}

    /** Sets a kernel parameter through a private, verified procfs. {@code key} has slashes: {@code net/ipv4/ip_forward}. */
    record Sysctl(String key, String value) implements Step {}

    /** Enters the root: pivot_root(2), or with {@code pivot} false {@code MS_MOVE} and chroot(2). */
    record EnterRoot(boolean pivot) implements Step {}

    /** Sets the propagation of the container's "/" after it was entered: {@code linux.rootfsPropagation}. */
    record RootPropagation(long flags) implements Step {}

    /**
     * Makes the mounts below the {@link Root} just bound read-only, for a root that is the host's own directory. The root's
     * own mount follows with {@link RootReadOnly}: mount points may have to be made in it.
     */
    record HostReadOnly() implements Step {}

    /** Makes the container's "/" mount read-only (not the mounts below it). */
    record RootReadOnly() implements Step {}

    // ---- in child: the process
    // ---------------------------------------------------------------------------------------

    record Hostname(String name) implements Step {}

    record DomainName(String name) implements Step {}

    /** Brings the loopback interface of a new network namespace up. */
    record LoopbackUp() implements Step {}

    /**
     * Makes a pair of {@code AF_UNIX} sockets of type {@code SOCK_SEQPACKET}: one is the program's, as descriptor
     * {@code number}, and the other is sent to the supervisor ({@code FRAME_CHANNEL}). EBUSY if the launcher has a
     * descriptor of that number; its own are small.
     */
    record Channel(int number) implements Step {}

    /** Opens what a host path names for reading, as descriptor {@code number} of the program. EBUSY as above. */
    record OpenAs(String path, int number) implements Step {}

    /** {@code setsid(2)}; without it the process stays in the caller's session, as foreground processes do. */
    record NewSession() implements Step {}

    /** A new session keyring of that name (keyctl(2), KEYCTL_JOIN_SESSION_KEYRING); ENOSYS and EDQUOT pass silently. */
    record Keyring(String name) implements Step {}

    /** {@code resource} is the kernel's number for x86-64 and aarch64 (the same). -1 is infinity. */
    record ResourceLimit(int resource, long soft, long hard) implements Step {}

    /**
     * Writes the oom_score_adj of the plan's process (proc(5)): in after from outside, through the client's /proc; in
     * child through a verified procfs, before {@link EnterRoot}.
     */
    record OomScoreAdjust(int value) implements Step {}

    record Umask(int mask) implements Step {}

    /**
     * Class and level for I/O of the process and its descendants (ioprio_set(2)).
     *
     * @param priority class shifted left by 13, and level
     */
    record IoPriority(int priority) implements Step {}

    /** Scheduling of the process and its descendants (sched_setattr(2)). Times are unsigned nanoseconds. */
    record Scheduler(int policy, int nice, int priority, long flags, long runtime, long deadline, long period)
            implements Step {}

    /** Runs on these processors alone (sched_setaffinity(2)), numbers from 0 to 8191. In join too. */
    record CpuAffinity(List<Long> processors) implements Step {}

    /** Execution domain of the process and its descendants (personality(2)). */
    record Personality(long persona) implements Step {}

    /**
     * Where memory of the process and its descendants comes from (set_mempolicy(2)).
     *
     * @param mode {@code MPOL_*} with {@code MPOL_F_*}
     * @param nodes from 0 to 1023, possibly none
     */
    record MemoryPolicy(int mode, List<Long> nodes) implements Step {}

    /**
     * Writes to a file below the process's own attr/ in a verified procfs: what security modules shall do with keyrings
     * ({@code keycreate}) and at the next execve(2) ({@code exec}, {@code apparmor/exec}). Empty takes it back.
     */
    record SecurityLabel(String attribute, String label) implements Step {}

    /** Supplementary groups (setgroups(2) is called even if there are none, unless {@code keepGroups}), then gid, then uid. */
    record User(long uid, long gid, List<Long> groups, boolean keepGroups) implements Step {}

    /**
     * Drops the bounding set to {@code bounding} and keeps capabilities over the change of user; before {@link User}.
     * Bit n is capability n.
     */
    record BoundingCapabilities(long bounding) implements Step {}

    /** Sets the effective, permitted, inheritable and ambient sets; after {@link User}. */
    record Capabilities(long effective, long permitted, long inheritable, long ambient) implements Step {}

    record NoNewPrivileges() implements Step {}

    /** {@code PR_SET_DUMPABLE}. */
    record Dumpable(boolean dumpable) implements Step {}

    /** Loads a classic BPF filter: {@code struct sock_filter} array, and {@code SECCOMP_FILTER_FLAG_*}. */
    record Seccomp(Bytecode filter, long flags) implements Step {}

    /**
     * Connects to the {@code AF_UNIX} stream socket of whoever shall hear of system calls, and hands the connection to the
     * process. Only in after; {@link TakeAgent} takes it, {@link SeccompNotify} uses it.
     */
    record ConnectAgent(String path) implements Step {}

    /** Waits for the connection of {@link ConnectAgent}. */
    record TakeAgent() implements Step {}

    /**
     * Loads a filter as {@link Seccomp} does, and sends its listener to the agent with the parts of {@code state}, between
     * which stands the process's decimal host pid; then closes both. The filter has to let sendmsg(2) pass.
     */
    record SeccompNotify(Bytecode filter, long flags, List<String> state) implements Step {}

    /**
     * Changes to the working directory inside the container; verifies by getcwd(2) that it is inside the root. Stands
     * before {@link User} and once more after it, because either alone may be let in; the second does nothing if the
     * first got there.
     *
     * @param early EACCES is no failure: the second will try
     */
    record WorkingDirectory(String target, boolean early) implements Step {}

    /**
     * Finds the program before the gate, so that create can say that there is none: by {@code path} lookup if args[0] has
     * no slash. The failure's errno is ENOENT or EACCES.
     */
    record FindProgram(String program, String path) implements Step {}

    /**
     * Gives the program a variable HOME: the home directory that the container's own /etc/passwd has for the user, or /.
     */
    record Home(long uid) implements Step {}

    /**
     * Reports that the process is ready, and waits to be adopted: its creator's death before that ends it. Then, if the
     * plan has a {@link Listen}, it waits for a start on that socket, and what fails later is told on that connection;
     * without one (create and start in one) it goes on at once.
     */
    record Gate() implements Step {}

    /** Closes all descriptors from {@code 3 + preserved} on, but for the launcher's own, which are close-on-exec. */
    record CloseFrom(int preserved) implements Step {}

    /**
     * execve(2) of the program that {@link FindProgram} found, with umask 0022 unless {@link Umask} said otherwise. The
     * last step.
     */
    record Exec(List<String> args, List<String> env) implements Step {}
}
