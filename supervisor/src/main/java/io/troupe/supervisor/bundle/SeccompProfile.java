package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A filter of system calls. Names of calls are not checked here: libseccomp knows them, and one that it does not know is
 * passed over, as runc does, because profiles are older or newer than hosts.
 *
 * @param defaultErrnoRet errno of the default action, 0 to 4095; null for EPERM
 * @param architectures {@code SCMP_ARCH_*}; the native one is always meant too
 * @param flags {@code SECCOMP_FILTER_FLAG_*} as written; if absent, as for other runtimes, SPEC_ALLOW
 * @param listener who decides over calls with the action NOTIFY; null if none has it
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md#seccomp Runtime Specification,
 *     Seccomp
 */
public record SeccompProfile(
        Action defaultAction,
        @Nullable Integer defaultErrnoRet,
        List<String> architectures,
        List<String> flags,
        List<Rule> syscalls,
        @Nullable Listener listener) {

    /** {@code SECCOMP_FILTER_FLAG_*} that are served, with the numbers of linux/seccomp.h. */
    public static final Map<String, Long> FLAGS = Map.of(
            "SECCOMP_FILTER_FLAG_TSYNC", 1L,
            "SECCOMP_FILTER_FLAG_LOG", 2L,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4L,
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 32L);

    /** A profile that asks nobody. */
    public SeccompProfile(
            Action defaultAction,
            @Nullable Integer defaultErrnoRet,
            List<String> architectures,
            List<String> flags,
            List<Rule> syscalls) {
        this(defaultAction, defaultErrnoRet, architectures, flags, syscalls, null);
    }

    /** {@return the numbers of the flags together} */
    public long flagBits() {
        return flags.stream()
                .mapToLong(flag -> Objects.requireNonNull(FLAGS.get(flag), flag))
                .reduce(0, (a, b) -> a | b);
    }

    /**
     * Who is asked.
     *
     * @param path absolute, on the host, of an AF_UNIX stream socket; empty if the profile names none
     * @param metadata for it to read; may be empty
     */
    public record Listener(String path, String metadata) {}

    /**
     * What happens to some system calls.
     *
     * @param names not empty
     * @param errnoRet for ERRNO and TRACE, 0 to 65535; null for EPERM
     * @param args all must hold; empty for every call
     */
    public record Rule(
            List<String> names, Action action, @Nullable Integer errnoRet, List<Argument> args) {}

    /**
     * A condition on an argument, compared unsigned.
     *
     * @param index 0 to 5
     * @param value the mask if {@code op} is MASKED_EQUAL
     * @param valueTwo what the masked argument must be
     */
    public record Argument(int index, long value, long valueTwo, Operator op) {}

    /** Actions of seccomp(2). */
    public enum Action {
        KILL_THREAD,
        KILL_PROCESS,
        TRAP,
        ERRNO,
        TRACE,
        LOG,
        ALLOW,
        NOTIFY
    }

    /** Comparisons, as libseccomp names them. */
    public enum Operator {
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        EQUAL,
        GREATER_OR_EQUAL,
        GREATER,
        MASKED_EQUAL
    }
}
