package io.troupe.supervisor.host;

import java.util.List;
import java.util.Optional;

/**
 * Where this host has its cgroups (cgroups(7)).
 *
 * @param hierarchies version 1 hierarchies, in the order of /proc/self/mountinfo; empty on a pure version 2 host
 * @param unified the version 2 hierarchy; empty where it is not mounted
 */
public record CgroupLayout(List<Hierarchy> hierarchies, Optional<Hierarchy> unified) {
    private static final String NAMED = "name=";

    public CgroupLayout {
        hierarchies = List.copyOf(hierarchies);
    }

    /**
     * One mounted hierarchy.
     *
     * @param controllers names as in /proc/self/cgroup, such as {@code cpu} and {@code cpuacct}; {@code name=systemd} for
     *     a named one; of the version 2 hierarchy those in cgroup.controllers of its root
     * @param mountPoint absolute
     * @param own this process's cgroup in it, beginning with "/"
     */
    public record Hierarchy(List<String> controllers, String mountPoint, String own) {
        public Hierarchy {
            controllers = List.copyOf(controllers);
        }

        private boolean controls() {
            return !controllers.stream().allMatch(name -> name.startsWith(NAMED));
        }

        /**
         * {@return the directory of a cgroup}
         *
         * @param path beginning with "/"
         */
        public String directory(String path) {
            return path.equals("/") ? mountPoint : mountPoint + path;
        }
    }

    /** {@return whether controllers are in version 2 alone; version 1 may have hierarchies with a name and none} */
    public boolean isUnified() {
        return unified.isPresent() && hierarchies.stream().noneMatch(Hierarchy::controls);
    }

    /** {@return the version 1 hierarchy that has the controller, if one has} */
    public Optional<Hierarchy> hierarchyOf(String controller) {
        return hierarchies.stream()
                .filter(hierarchy -> hierarchy.controllers().contains(controller))
                .findFirst();
    }

    /** {@return {@code v1}, {@code hybrid} or {@code v2}; {@code none} if no cgroup is mounted} */
    public String word() {
        if (isUnified()) {
            return "v2";
        }
        if (hierarchies.isEmpty()) {
            return "none";
        }
        return unified.isPresent() ? "hybrid" : "v1";
    }
}
