package io.troupe.syscall;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** {@code bpf(2)}, which glibc has no function for: programs that rule the devices of a cgroup. */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
final class DeviceFilterCalls {
    /** asm/unistd.h: 321 on x86-64, 280 on aarch64. */
    static final long SYS_bpf = Machine.IS_ARM ? 280 : 321;

    /** linux/bpf.h, enum bpf_cmd. */
    static final long BPF_PROG_LOAD = 5;

    static final long BPF_PROG_ATTACH = 8;
    static final long BPF_PROG_DETACH = 9;
    static final long BPF_PROG_GET_FD_BY_ID = 13;
    static final long BPF_OBJ_GET_INFO_BY_FD = 15;
    static final long BPF_PROG_QUERY = 16;

    /** linux/bpf.h, enum bpf_prog_type and enum bpf_attach_type. */
    static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;

    static final int BPF_CGROUP_DEVICE = 6;
    static final int BPF_F_ALLOW_MULTI = 2;
    static final int BPF_F_REPLACE = 4;

    /** The part of union bpf_attr that any of the commands has here. */
    static final int ATTRIBUTE_SIZE = 72;

    /** struct bpf_prog_info up to its name: the tag after two numbers, the name after more. */
    static final int INFO_SIZE = 80;

    static final int INFO_TAG = 8;
    static final int TAG_SIZE = 8;
    static final int INFO_NAME = 64;

    static {
        Native.register(DeviceFilterCalls.class, NativeLibrary.getProcess());
    }

    private DeviceFilterCalls() {}

    /** {@return 0 or a descriptor, or -1 with errno} */
    static native long syscall(long number, long command, Pointer attribute, long size);
}
