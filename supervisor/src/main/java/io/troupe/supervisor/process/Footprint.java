package io.troupe.supervisor.process;

import java.util.List;
import java.util.stream.Stream;

/**
 * What one incarnation of a container has on the host outside its own namespaces: what delete takes away, and what
 * recovery looks for. Known before the first of it is made.
 *
 * @param directory its private directory in the run directory: start socket, copy of the configuration, list of the cgroups
 * @param cgroups cgroup directories that are its own, absolute, the innermost of each hierarchy. Parents stay, as runc
 *     leaves them: others may have made them
 * @param scope systemd's unit that has these cgroups; "" if they are our own making
 * @param groups directories of resctrl that are its own, absolute, the inner one first
 * @param spare cgroup directories that are its own too, but made only once an update needs them: it is not in their
 *     hierarchies before
 */
public record Footprint(String directory, List<String> cgroups, String scope, List<String> groups, List<String> spare) {
    /** Name of the start socket in the directory. */
    public static final String START_SOCKET = "start.sock";

    /** Name of the private copy of config.json as it was at create. */
    public static final String CONFIG = "config.json";

    /** Name of the list of the cgroups in it, which claims them while the journal does not. */
    public static final String CGROUPS = "cgroups";

    /** Name of the directory in it that holds the container's side of {@code NOTIFY_SOCKET}, if it has one. */
    public static final String NOTIFY = "notify";

    /** Name of the directory that the root is mounted on, of a container without a mount namespace. */
    public static final String SHARED_ROOT = "root";

    /** Without systemd. */
    public Footprint(String directory, List<String> cgroups) {
        this(directory, cgroups, "", List.of(), List.of());
    }

    /** Without resctrl. */
    public Footprint(String directory, List<String> cgroups, String scope) {
        this(directory, cgroups, scope, List.of(), List.of());
    }

    public Footprint {
        cgroups = List.copyOf(cgroups);
        groups = List.copyOf(groups);
        spare = List.copyOf(spare);
    }

    /** {@return its cgroup directories, with those that may not be there yet} */
    public List<String> allCgroups() {
        return Stream.concat(cgroups.stream(), spare.stream()).toList();
    }
}
