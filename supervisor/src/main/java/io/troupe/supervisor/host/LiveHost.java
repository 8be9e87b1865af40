package io.troupe.supervisor.host;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.syscall.MountTable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This host as it is now. Cgroups and resctrl may be mounted and unmounted while a supervisor runs; all else stays. */
public final class LiveHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveHost.class);

    /** Says whether mounts have changed since it was asked last. */
    @FunctionalInterface
    interface Changes {
        boolean any() throws IOException;
    }

    /** Reads where cgroups are. */
    @FunctionalInterface
    interface Layouts {
        CgroupLayout read() throws IOException;
    }

    /** Reads where resctrl is; null for nowhere. */
    @FunctionalInterface
    interface Groups {
        @Nullable
        Resctrl read() throws IOException;
    }

    private final Changes changes;
    private final Layouts layouts;
    private final Groups groups;
    private final Runnable onClose;
    private HostFacts facts;
    private boolean outdated;

    LiveHost(HostFacts facts, Changes changes, Layouts layouts, Groups groups, Runnable onClose) {
        this.facts = facts;
        this.changes = changes;
        this.layouts = layouts;
        this.groups = groups;
        this.onClose = onClose;
    }

    /**
     * Reads the facts and watches the mounts from there on; the caller closes it.
     *
     * @throws FailureException SYSTEM, if the kernel is older than 5.14
     */
    public static LiveHost open() throws IOException {
        MountTable mounts = MountTable.open();
        try {
            return new LiveHost(Host.read(), mounts::hasChanged, Host::cgroups, Resctrl::find, mounts::close);
        } catch (IOException | FailureException problem) {
            mounts.close();
            throw problem;
        }
    }

    /**
     * {@return the facts, the cgroups as they are mounted now}
     *
     * @throws FailureException SYSTEM, if that cannot be read
     */
    public synchronized HostFacts now() {
        try {
            outdated |= changes.any();
            if (outdated) {
                look();
            }
            return facts;
        } catch (IOException problem) {
            throw new FailureException(
                    FailureCode.SYSTEM,
                    MountTable.FILE.toString(),
                    "mounts cannot be read: " + problem.getMessage(),
                    "");
        }
    }

    /** {@return the same with those hierarchies alone that this process may make cgroups in} */
    public HostFacts delegated() {
        HostFacts all = now();
        return all.with(Host.delegated(all.cgroups(), Host::mayMakeCgroups), all.resctrl());
    }

    private void look() throws IOException {
        CgroupLayout found = layouts.read();
        Resctrl resctrl = groups.read();
        outdated = false;
        if (!found.equals(facts.cgroups())) {
            LOG.info("cgroups are mounted otherwise now: {}", found);
        }
        facts = facts.with(found, resctrl);
    }

    @Override
    public void close() {
        onClose.run();
    }
}
