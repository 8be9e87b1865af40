package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.bundle.Resources.Cpu;
import io.troupe.supervisor.bundle.Resources.Memory;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.systemd.Property;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has to be written to change the limits of a container that lives. A limit that is not named stays, also where the
 * kernel keeps two of them in one file.
 */
public final class ResourceUpdate {
    /** Reads control files: what one says now, without the last line feed; empty if there is none. */
    @FunctionalInterface
    public interface Current {
        Optional<String> text(String file);
    }

    /**
     * A write.
     *
     * @param field of {@code linux.resources}
     * @param controller that has the files; empty for those that every cgroup has
     * @param directory the container's cgroup, absolute
     * @param files absolute, in the order in which they are looked for
     */
    public record Change(String field, String controller, String directory, List<String> files, List<String> values) {}

    private final CgroupLayout layout;
    private final List<String> cgroups;
    private final Current current;

    /** @param cgroups the container's, absolute */
    public ResourceUpdate(CgroupLayout layout, List<String> cgroups, Current current) {
        this.layout = layout;
        this.cgroups = cgroups;
        this.current = current;
    }

    /**
     * {@return the writes, in the order that the kernel wants}
     *
     * @throws FailureException UNSUPPORTED for what this host, or this container's cgroup, does not have; WRONG_STATE for
     *     a memory limit below what is used, if that is to be refused
     */
    public List<Change> changes(Resources wanted) {
        List<Change> changes = new ArrayList<>();
        // An idle cgroup takes no weight: it has to stop being idle before.
        writes(wanted).stream()
                .sorted(Comparator.comparing(write -> !endsIdleness(write)))
                .forEach(write -> changes.add(change(write)));
        checkUsage(wanted.memory());
        return changes;
    }

    /** {@return the same as properties of systemd's unit} */
    public List<Property> properties(Resources wanted) {
        return ScopeProperties.of(writes(wanted));
    }

    private List<ControlWrite> writes(Resources wanted) {
        Resources resources = withCurrent(wanted);
        List<ControlWrite> writes =
                layout.isUnified() ? UnifiedResources.writes(resources) : LegacyResources.writes(resources);
        return wanted.memory().limit() != null
                ? writes
                : writes.stream()
                        .filter(write -> !write.field().equals("memory.limit"))
                        .toList();
    }

    private static boolean endsIdleness(ControlWrite write) {
        return write.files().getFirst().equals("cpu.idle")
                && write.values().getFirst().equals("0");
    }

    private Change change(ControlWrite write) {
        String directory = directory(write.controller())
                .orElseThrow(() -> UnifiedResources.unsupported(
                        write.field(), "the container has no cgroup of the controller " + write.controller()));
        return new Change(
                write.field(),
                write.controller(),
                directory,
                write.files().stream().map(file -> directory + "/" + file).toList(),
                write.values());
    }

    private Optional<String> directory(String controller) {
        Optional<CgroupLayout.Hierarchy> hierarchy =
                layout.isUnified() ? layout.unified() : layout.hierarchyOf(controller);
        return hierarchy.flatMap(found -> cgroups.stream()
                .filter(cgroup -> cgroup.startsWith(found.mountPoint() + "/"))
                .findFirst());
    }

    private Optional<String> current(String controller, String file) {
        return directory(controller).flatMap(directory -> current.text(directory + "/" + file));
    }

    private Resources withCurrent(Resources wanted) {
        return new Resources(
                wanted.devices(),
                layout.isUnified() ? unified(wanted.memory()) : legacy(wanted.memory()),
                layout.isUnified() ? unified(wanted.cpu()) : wanted.cpu(),
                wanted.pidsLimit(),
                wanted.blockIo(),
                wanted.hugepages(),
                wanted.network(),
                wanted.rdma(),
                wanted.unified());
    }

    /** Without a limit of memory there can be none of memory and swap, as other runtimes have it. */
    private Memory legacy(Memory memory) {
        boolean lift = memory.limit() != null
                && memory.limit() == -1
                && memory.swap() == null
                && current("memory", "memory.memsw.limit_in_bytes").isPresent();
        return lift ? with(memory, memory.limit(), -1L) : memory;
    }

    /** Version 2 limits swap alone, which is what memory leaves of both. */
    private Memory unified(Memory memory) {
        Long swap = memory.swap();
        if (swap == null || swap == -1 || memory.limit() != null) {
            return memory;
        }
        Long limit = current("memory", "memory.max")
                .filter(text -> !text.equals("max"))
                .map(Long::valueOf)
                .orElse(null);
        return with(memory, limit, swap);
    }

    private static Memory with(Memory memory, @Nullable Long limit, Long swap) {
        return new Memory(
                limit,
                memory.reservation(),
                swap,
                memory.swappiness(),
                memory.kernelTcp(),
                memory.disableOomKiller(),
                memory.checkBeforeUpdate());
    }

    /** Version 2 has quota and period in one file. */
    private Cpu unified(Cpu cpu) {
        boolean one = cpu.quota() == null ^ cpu.period() == null;
        String[] now = one ? current("cpu", "cpu.max").orElse("").split(" ", -1) : new String[0];
        if (now.length != 2) {
            return cpu;
        }
        Long quota = now[0].equals("max") ? Long.valueOf(-1) : Long.valueOf(now[0]);
        return new Cpu(
                cpu.shares(),
                cpu.quota() == null ? quota : cpu.quota(),
                cpu.period() == null ? Long.valueOf(now[1]) : cpu.period(),
                cpu.burst(),
                cpu.realtimeRuntime(),
                cpu.realtimePeriod(),
                cpu.cpus(),
                cpu.mems(),
                cpu.idle());
    }

    private void checkUsage(Memory memory) {
        Long limit = memory.limit();
        if (limit == null || limit < 0 || !memory.checkBeforeUpdate()) {
            return;
        }
        long usage = current("memory", layout.isUnified() ? "memory.current" : "memory.usage_in_bytes")
                .map(Long::parseLong)
                .orElse(0L);
        if (usage > limit) {
            throw new FailureException(
                    FailureCode.WRONG_STATE,
                    "memory.limit",
                    "the container uses " + usage + " bytes, which is more than " + limit,
                    "Choose a higher limit, or leave checkBeforeUpdate out");
        }
    }
}
