package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.bundle.Resources.BlockIo;
import io.troupe.supervisor.bundle.Resources.Cpu;
import io.troupe.supervisor.bundle.Resources.Direction;
import io.troupe.supervisor.bundle.Resources.Memory;
import io.troupe.supervisor.bundle.Resources.Network;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Limits in the terms of cgroup version 1, but for those of devices. */
final class LegacyResources {
    private final List<ControlWrite> writes = new ArrayList<>();

    private LegacyResources() {}

    /**
     * {@return what is written to which file of the container's cgroups, in that order}
     *
     * @throws FailureException UNSUPPORTED for what version 1 does not have
     */
    static List<ControlWrite> writes(Resources resources) {
        resources.unified().keySet().stream().findFirst().ifPresent(file -> {
            throw UnifiedResources.unsupported("unified", "it is for hosts with cgroup version 2 alone");
        });
        LegacyResources all = new LegacyResources();
        all.cpu(resources.cpu());
        all.memory(resources.memory());
        all.put("pids.limit", "pids", "pids.max", UnifiedResources.pids(resources.pidsLimit()));
        all.blockIo(resources.blockIo());
        resources.hugepages().forEach(pages -> {
            String limit = Long.toUnsignedString(pages.limit());
            String prefix = "hugetlb." + pages.pageSize();
            all.put("hugepageLimits", "hugetlb", prefix + ".limit_in_bytes", limit);
            all.put("hugepageLimits", "hugetlb", prefix + ".rsvd.limit_in_bytes", limit);
        });
        all.network(resources.network());
        UnifiedResources.rdma(resources.rdma()).forEach(line -> all.put("rdma", "rdma", "rdma.max", line));
        return List.copyOf(all.writes);
    }

    private void put(String field, String controller, String file, @Nullable Object value) {
        if (value != null) {
            writes.add(ControlWrite.of(field, controller, file, value));
        }
    }

    /** A burst is measured by the quota, and an idle cgroup takes no shares. */
    private void cpu(Cpu cpu) {
        put("cpu.cpus", "cpuset", "cpuset.cpus", cpu.cpus().isEmpty() ? null : cpu.cpus());
        put("cpu.mems", "cpuset", "cpuset.mems", cpu.mems().isEmpty() ? null : cpu.mems());
        put("cpu.shares", "cpu", "cpu.shares", cpu.shares());
        put("cpu.period", "cpu", "cpu.cfs_period_us", cpu.period());
        put("cpu.quota", "cpu", "cpu.cfs_quota_us", cpu.quota());
        put("cpu.burst", "cpu", "cpu.cfs_burst_us", cpu.burst());
        put("cpu.idle", "cpu", "cpu.idle", cpu.idle());
        put("cpu.realtimePeriod", "cpu", "cpu.rt_period_us", cpu.realtimePeriod());
        put("cpu.realtimeRuntime", "cpu", "cpu.rt_runtime_us", cpu.realtimeRuntime());
    }

    /** At no time may memory be limited to more than memory and swap, which an earlier container may have left low. */
    private void memory(Memory memory) {
        if (memory.limit() != null && memory.swap() != null) {
            put("memory.swap", "memory", "memory.memsw.limit_in_bytes", -1);
        }
        put("memory.limit", "memory", "memory.limit_in_bytes", memory.limit());
        put("memory.swap", "memory", "memory.memsw.limit_in_bytes", memory.swap());
        put("memory.reservation", "memory", "memory.soft_limit_in_bytes", memory.reservation());
        put("memory.kernelTCP", "memory", "memory.kmem.tcp.limit_in_bytes", memory.kernelTcp());
        put("memory.swappiness", "memory", "memory.swappiness", memory.swappiness());
        put("memory.disableOOMKiller", "memory", "memory.oom_control", memory.disableOomKiller() ? 1 : null);
    }

    private void blockIo(BlockIo blockIo) {
        put("blockIO.weight", "blkio", "blkio.bfq.weight", blockIo.weight());
        blockIo.weightDevices()
                .forEach(one -> put(
                        "blockIO.weightDevice",
                        "blkio",
                        "blkio.bfq.weight_device",
                        one.major() + ":" + one.minor() + " " + one.weight()));
        blockIo.throttles()
                .forEach(one -> put(
                        UnifiedResources.field(one.direction()),
                        "blkio",
                        file(one.direction()),
                        one.major() + ":" + one.minor() + " " + Long.toUnsignedString(one.rate())));
    }

    private static String file(Direction direction) {
        return switch (direction) {
            case READ_BYTES -> "blkio.throttle.read_bps_device";
            case WRITE_BYTES -> "blkio.throttle.write_bps_device";
            case READ_OPERATIONS -> "blkio.throttle.read_iops_device";
            case WRITE_OPERATIONS -> "blkio.throttle.write_iops_device";
        };
    }

    private void network(Network network) {
        put("network.classID", "net_cls", "net_cls.classid", network.classId());
        network.priorities()
                .forEach((name, priority) ->
                        put("network.priorities", "net_prio", "net_prio.ifpriomap", name + " " + priority));
    }
}
