package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The eBPF program that rules which devices a cgroup of version 2 may use, in the place of the one before it. Whoever has
 * it closes it, which leaves the program where it is.
 */
public final class DeviceFilter implements AutoCloseable {
    /** The launcher names its programs so; others, systemd's for one, may stand beside. */
    private static final String NAME = "troupe_devices";

    private static final String LICENSE = "Apache-2.0";
    private static final int MOST_PROGRAMS = 64;
    private static final int INSTRUCTION = 8;

    private final Path cgroup;
    private final Descriptor directory;
    private final Descriptor program;
    private final @Nullable Descriptor former;

    private DeviceFilter(Path cgroup, Descriptor directory, Descriptor program, @Nullable Descriptor former) {
        this.cgroup = cgroup;
        this.directory = directory;
        this.program = program;
        this.former = former;
    }

    /**
     * Has a program rule a cgroup from now on, with no moment in between that none does.
     *
     * @param cgroup absolute
     * @param program eBPF of type {@code BPF_PROG_TYPE_CGROUP_DEVICE}
     * @throws SyscallException EINVAL for a program that the kernel does not take, and before Linux 5.6; EPERM without
     *     CAP_SYS_ADMIN; EEXIST if several rule it and none of them is ours
     */
    public static DeviceFilter replace(Path cgroup, byte[] program) throws SyscallException {
        Descriptor directory = open(cgroup);
        Descriptor loaded = null;
        Descriptor former = null;
        try {
            loaded = load(cgroup, program);
            former = ours(cgroup, directory);
            attach(cgroup, directory, loaded, former);
            return new DeviceFilter(cgroup, directory, loaded, former);
        } catch (SyscallException problem) {
            closeAll(directory, loaded, former);
            throw problem;
        }
    }

    /** {@return whether a cgroup is ruled by this very program} */
    public static boolean isAttached(Path cgroup, byte[] program) throws SyscallException {
        try (Descriptor directory = open(cgroup);
                Descriptor loaded = load(cgroup, program);
                Descriptor present = ours(cgroup, directory)) {
            return present != null && tag(cgroup, loaded).equals(tag(cgroup, present));
        }
    }

    /** Has the program that ruled before rule again. */
    public void putBack() throws SyscallException {
        Descriptor before = former;
        if (before != null) {
            attach(cgroup, directory, before, program);
            return;
        }
        try (Memory attribute = attribute()) {
            attribute.setInt(0, directory.number());
            attribute.setInt(4, program.number());
            attribute.setInt(8, DeviceFilterCalls.BPF_CGROUP_DEVICE);
            call(DeviceFilterCalls.BPF_PROG_DETACH, "BPF_PROG_DETACH", attribute, cgroup);
        }
    }

    @Override
    public void close() {
        closeAll(directory, program, former);
    }

    private static void closeAll(@Nullable Descriptor... all) {
        for (Descriptor each : all) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static Descriptor open(Path cgroup) throws SyscallException {
        return Descriptor.open(
                cgroup, DescriptorCalls.O_RDONLY | DescriptorCalls.O_DIRECTORY | DescriptorCalls.O_CLOEXEC, 0);
    }

    private static Descriptor load(Path cgroup, byte[] program) throws SyscallException {
        try (Memory attribute = attribute();
                Memory instructions = new Memory(program.length);
                Memory license = new Memory(LICENSE.length() + 1)) {
            instructions.write(0, program, 0, program.length);
            license.setString(0, LICENSE);
            attribute.setInt(0, DeviceFilterCalls.BPF_PROG_TYPE_CGROUP_DEVICE);
            attribute.setInt(4, program.length / INSTRUCTION);
            attribute.setPointer(8, instructions);
            attribute.setPointer(16, license);
            attribute.setString(48, NAME);
            return new Descriptor(call(DeviceFilterCalls.BPF_PROG_LOAD, "BPF_PROG_LOAD", attribute, cgroup));
        }
    }

    /** The kernel puts the new one where {@code instead} was; null for beside all that are there. */
    private static void attach(Path cgroup, Descriptor directory, Descriptor program, @Nullable Descriptor instead)
            throws SyscallException {
        try (Memory attribute = attribute()) {
            attribute.setInt(0, directory.number());
            attribute.setInt(4, program.number());
            attribute.setInt(8, DeviceFilterCalls.BPF_CGROUP_DEVICE);
            attribute.setInt(
                    12, DeviceFilterCalls.BPF_F_ALLOW_MULTI | (instead == null ? 0 : DeviceFilterCalls.BPF_F_REPLACE));
            attribute.setInt(16, instead == null ? 0 : instead.number());
            call(DeviceFilterCalls.BPF_PROG_ATTACH, "BPF_PROG_ATTACH", attribute, cgroup);
        }
    }

    /** {@return the attached program that bears our name, or the only one; null if there is none; the caller closes it} */
    private static @Nullable Descriptor ours(Path cgroup, Descriptor directory) throws SyscallException {
        List<Descriptor> attached = attached(cgroup, directory);
        Descriptor found = attached.size() == 1 ? attached.getFirst() : null;
        try {
            for (Descriptor each : attached) {
                if (name(cgroup, each).equals(NAME)) {
                    found = each;
                }
            }
            if (found == null && !attached.isEmpty()) {
                throw new SyscallException("bpf(2), BPF_PROG_QUERY", cgroup.toString(), Errno.EEXIST.number());
            }
            return found == null ? null : found.duplicate();
        } finally {
            attached.forEach(Descriptor::close);
        }
    }

    private static List<Descriptor> attached(Path cgroup, Descriptor directory) throws SyscallException {
        List<Descriptor> found = new ArrayList<>();
        try (Memory attribute = attribute();
                Memory ids = new Memory((long) MOST_PROGRAMS * Integer.BYTES)) {
            attribute.setInt(0, directory.number());
            attribute.setInt(4, DeviceFilterCalls.BPF_CGROUP_DEVICE);
            attribute.setPointer(16, ids);
            attribute.setInt(24, MOST_PROGRAMS);
            call(DeviceFilterCalls.BPF_PROG_QUERY, "BPF_PROG_QUERY", attribute, cgroup);
            int count = attribute.getInt(24);
            for (int i = 0; i < count; i++) {
                attribute.clear();
                attribute.setInt(0, ids.getInt((long) i * Integer.BYTES));
                found.add(new Descriptor(
                        call(DeviceFilterCalls.BPF_PROG_GET_FD_BY_ID, "BPF_PROG_GET_FD_BY_ID", attribute, cgroup)));
            }
            return found;
        } catch (SyscallException problem) {
            found.forEach(Descriptor::close);
            throw problem;
        }
    }

    private static String name(Path cgroup, Descriptor program) throws SyscallException {
        try (Memory info = info(cgroup, program)) {
            return info.getString(DeviceFilterCalls.INFO_NAME, StandardCharsets.US_ASCII.name());
        }
    }

    /** {@return what the kernel makes of the instructions: equal for equal ones} */
    private static String tag(Path cgroup, Descriptor program) throws SyscallException {
        try (Memory info = info(cgroup, program)) {
            return HexFormat.of().formatHex(info.getByteArray(DeviceFilterCalls.INFO_TAG, DeviceFilterCalls.TAG_SIZE));
        }
    }

    private static Memory info(Path cgroup, Descriptor program) throws SyscallException {
        Memory info = new Memory(DeviceFilterCalls.INFO_SIZE);
        info.clear();
        try (Memory attribute = attribute()) {
            attribute.setInt(0, program.number());
            attribute.setInt(4, DeviceFilterCalls.INFO_SIZE);
            attribute.setPointer(8, info);
            call(DeviceFilterCalls.BPF_OBJ_GET_INFO_BY_FD, "BPF_OBJ_GET_INFO_BY_FD", attribute, cgroup);
            return info;
        } catch (SyscallException problem) {
            info.close();
            throw problem;
        }
    }

    /** What the kernel does not know of it must be 0. */
    private static Memory attribute() {
        Memory attribute = new Memory(DeviceFilterCalls.ATTRIBUTE_SIZE);
        attribute.clear();
        return attribute;
    }

    private static int call(long command, String name, Memory attribute, Path cgroup) throws SyscallException {
        long result = DeviceFilterCalls.syscall(
                DeviceFilterCalls.SYS_bpf, command, attribute, DeviceFilterCalls.ATTRIBUTE_SIZE);
        if (result < 0) {
            throw new SyscallException("bpf(2), " + name, cgroup.toString(), Native.getLastError());
        }
        return (int) result;
    }
}
