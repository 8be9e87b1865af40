package io.troupe.syscall;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * libseccomp, its {@code seccomp_*(3)}: 2.5 or later. Those that give an int give 0, or an error number below zero; errno
 * is not set.
 */
@SuppressWarnings("MemberName") // the C names, so that grep and man find them
interface SeccompCalls extends Library {
    String FILE = "libseccomp.so.2";

    /** seccomp.h, enum scmp_filter_attr. */
    int SCMP_FLTATR_CTL_OPTIMIZE = 8;

    /** seccomp.h: what {@code seccomp_syscall_resolve_name} gives for a name that it does not know. */
    int NR_SCMP_ERROR = -1;

    /** struct scmp_arg_cmp: unsigned int, enum, two 64 bit numbers. */
    int ARG_CMP_SIZE = 24;

    /** struct scmp_version: major, minor, micro, each an unsigned int. */
    int VERSION_NUMBERS = 3;

    /** {@return a struct scmp_version, the library's own} */
    Pointer seccomp_version();

    /** {@return the filter, or null} */
    @Nullable
    Pointer seccomp_init(int defaultAction);

    void seccomp_release(Pointer filter);

    /** {@return a token, or 0} */
    int seccomp_arch_resolve_name(String name);

    /** {@return the token of this machine} */
    int seccomp_arch_native();

    /** {@return the number there, -1 for a name that it does not know, below that for one that only others have} */
    int seccomp_syscall_resolve_name_arch(int token, String name);

    int seccomp_arch_add(Pointer filter, int token);

    int seccomp_attr_set(Pointer filter, int attribute, int value);

    /** {@return the number on this machine, below -1 for one that only other machines have, or -1} */
    int seccomp_syscall_resolve_name(String name);

    int seccomp_rule_add_array(Pointer filter, int action, int call, int count, @Nullable Pointer conditions);

    int seccomp_export_bpf(Pointer filter, int fd);
}
