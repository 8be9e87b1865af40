package io.troupe.supervisor.plan;

import io.troupe.supervisor.bundle.IdMapping;
import io.troupe.supervisor.bundle.LinuxSection;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.ProcessSection;
import org.jspecify.annotations.Nullable;

/** Who gets the container's cgroup (config-linux.md, "Cgroup ownership"). */
final class CgroupOwner {
    private CgroupOwner() {}

    /**
     * {@return the host's id of the container's user, if the container may see its cgroup alone and write it; null if
     * the cgroup stays root's}
     */
    static @Nullable Long of(OciConfig config, ProcessSection process) {
        LinuxSection linux = config.linux();
        boolean writable = config.mounts().stream()
                .anyMatch(mount -> mount.source().equals("cgroup")
                        && mount.destination().equals("/sys/fs/cgroup")
                        && !mount.words().contains("ro"));
        if (!writable || !linux.namespaces().isNew(Kind.CGROUP)) {
            return null;
        }
        long uid = process.user().uid();
        if (!linux.namespaces().has(Kind.USER)) {
            return uid == 0 ? null : uid;
        }
        return linux.uidMappings().stream()
                .filter(range -> uid >= range.containerId() && uid - range.containerId() < range.size())
                .map(range -> onHost(range, uid))
                .findFirst()
                .orElse(null);
    }

    private static Long onHost(IdMapping range, long uid) {
        return range.hostId() + uid - range.containerId();
    }
}
