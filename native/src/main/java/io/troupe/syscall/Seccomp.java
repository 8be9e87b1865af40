package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A filter of system calls in the making, by libseccomp. The machine's own architecture is always in it; any other one is
 * added before the first rule. Not safe for several threads. Whoever makes it closes it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/seccomp_init.3.html">seccomp_init(3)</a>
 */
public final class Seccomp implements AutoCloseable {
    private static final int BINARY_TREE = 2;

    private final SeccompCalls calls;
    private final Pointer filter;
    private boolean open = true;

    private Seccomp(SeccompCalls calls, Pointer filter) {
        this.calls = calls;
        this.filter = filter;
    }

    /**
     * What becomes of a call: {@code SECCOMP_RET_*} of linux/seccomp.h, with the data in the low 16 bits.
     *
     * @param value as the kernel reads it
     */
    public record Action(int value) {
        public static final Action KILL_PROCESS = new Action(0x80000000);
        public static final Action KILL_THREAD = new Action(0);
        /** Asks who holds the listener. */
        public static final Action NOTIFY = new Action(0x7fc00000);

        public static final Action TRAP = new Action(0x00030000);
        public static final Action LOG = new Action(0x7ffc0000);
        public static final Action ALLOW = new Action(0x7fff0000);

        /**
         * {@return the action that makes a call fail}
         *
         * @param number errno, 0 to 65535; the kernel takes those above 4095 as 4095
         */
        public static Action errno(int number) {
            return new Action(0x00050000 | (number & 0xffff));
        }

        /**
         * {@return the action that tells a tracer; without one the call fails with ENOSYS}
         *
         * @param message what the tracer gets, 0 to 65535
         */
        public static Action trace(int message) {
            return new Action(0x7ff00000 | (message & 0xffff));
        }
    }

    /** How an argument is compared: enum scmp_compare of seccomp.h, unsigned. */
    public enum Comparison {
        NOT_EQUAL(1),
        LESS(2),
        LESS_OR_EQUAL(3),
        EQUAL(4),
        GREATER_OR_EQUAL(5),
        GREATER(6),
        MASKED_EQUAL(7);

        private final int number;

        Comparison(int number) {
            this.number = number;
        }
    }

    /**
     * A condition on an argument.
     *
     * @param argument 0 to 5
     * @param value the mask of MASKED_EQUAL
     * @param masked what the argument under the mask must be; for the other comparisons of no meaning
     */
    public record Condition(int argument, Comparison comparison, long value, long masked) {}

    /** {@return the version of libseccomp, such as {@code 2.5.4}; empty if it is not installed: all else works then} */
    public static Optional<String> version() {
        try {
            Pointer version = load().seccomp_version();
            int[] numbers = version.getIntArray(0, SeccompCalls.VERSION_NUMBERS);
            return Optional.of(IntStream.of(numbers).mapToObj(Integer::toString).collect(Collectors.joining(".")));
        } catch (SyscallException missing) {
            return Optional.empty();
        }
    }

    /** {@return whether libseccomp is installed and knows the architecture {@code SCMP_ARCH_*}} */
    public static boolean knowsArchitecture(String name) {
        try {
            return load().seccomp_arch_resolve_name(word(name)) != 0;
        } catch (SyscallException missing) {
            return false;
        }
    }

    /**
     * {@return whether the kernel takes filters with these flags} It is asked with a filter that is not there, so that none
     * is loaded (seccomp(2), NOTES).
     *
     * @param flags {@code SECCOMP_FILTER_FLAG_*}
     */
    public static boolean kernelTakes(long flags) {
        // A word on notifications is refused where there are none.
        boolean notifies = (flags & FilterCalls.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) != 0;
        long whole = notifies ? flags | FilterCalls.SECCOMP_FILTER_FLAG_NEW_LISTENER : flags;
        long result = FilterCalls.syscall(FilterCalls.SYS_seccomp, FilterCalls.SECCOMP_SET_MODE_FILTER, whole, null);
        return result == -1 && Errno.of(Native.getLastError()) == Errno.EFAULT;
    }

    /**
     * Begins a filter.
     *
     * @param otherwise what becomes of calls that no rule speaks of
     * @throws SyscallException with ELIBACC if libseccomp is not installed
     */
    public static Seccomp create(Action otherwise) throws SyscallException {
        SeccompCalls calls = load();
        Pointer filter = calls.seccomp_init(otherwise.value());
        if (filter == null) {
            throw new SyscallException("seccomp_init(3)", described(otherwise), Errno.EINVAL.number());
        }
        return new Seccomp(calls, filter);
    }

    /**
     * Adds an architecture; one that is in the filter is kept.
     *
     * @param name {@code SCMP_ARCH_*}
     * @throws SyscallException with EINVAL for a name that libseccomp does not know, EDOM for another byte order
     */
    public void addArchitecture(String name) throws SyscallException {
        int token = calls.seccomp_arch_resolve_name(word(name));
        if (token == 0) {
            throw new SyscallException("seccomp_arch_resolve_name(3)", name, Errno.EINVAL.number());
        }
        int result = calls.seccomp_arch_add(filter(), token);
        if (result != -Errno.EEXIST.number()) {
            check("seccomp_arch_add(3)", name, result);
        }
    }

    /**
     * The calls of an architecture that somebody knew.
     *
     * @param token SCMP_ARCH_*, which is AUDIT_ARCH_* but for {@link #X32}
     * @param largest the highest number among them, unsigned
     */
    public record Known(int token, int largest) {
        /** Programs of x32 have the architecture of x86-64 and a bit in their calls' numbers. */
        public static final int X32 = 0x4000003e;
    }

    /**
     * {@return for each architecture, and this machine's own, what of these names it has; those that have none are left out}
     *
     * @param architectures {@code SCMP_ARCH_*} names that {@link #addArchitecture} took
     */
    public List<Known> known(Collection<String> architectures, Collection<String> names) {
        Set<Integer> tokens = new LinkedHashSet<>();
        tokens.add(calls.seccomp_arch_native());
        architectures.forEach(name -> tokens.add(calls.seccomp_arch_resolve_name(word(name))));
        List<Known> known = new ArrayList<>();
        for (int token : tokens) {
            int largest = 0;
            for (String name : names) {
                largest = Math.max(largest, calls.seccomp_syscall_resolve_name_arch(token, name));
            }
            if (largest > 0) {
                known.add(new Known(token, largest));
            }
        }
        return known;
    }

    private static String word(String architecture) {
        return architecture.replaceFirst("^SCMP_ARCH_", "").toLowerCase(Locale.ROOT);
    }

    /** Has the exported filter search calls by halves, not one by one: for those with many rules. */
    public void searchByHalves() throws SyscallException {
        int result = calls.seccomp_attr_set(filter(), SeccompCalls.SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE);
        check("seccomp_attr_set(3)", "SCMP_FLTATR_CTL_OPTIMIZE", result);
    }

    /**
     * Adds a rule. On an architecture that lacks the call, it says nothing.
     *
     * @param action another than the filter began with
     * @param conditions all must hold; at most one an argument; empty for every use of the call
     * @return false, and nothing added, if libseccomp does not know the name
     * @throws SyscallException with EINVAL for two conditions on one argument, EEXIST if an earlier rule says otherwise
     */
    public boolean add(String call, Action action, List<Condition> conditions) throws SyscallException {
        int number = calls.seccomp_syscall_resolve_name(call);
        if (number == SeccompCalls.NR_SCMP_ERROR) {
            return false;
        }
        int result;
        if (conditions.isEmpty()) {
            result = calls.seccomp_rule_add_array(filter(), action.value(), number, 0, null);
        } else {
            try (Memory array = new Memory((long) conditions.size() * SeccompCalls.ARG_CMP_SIZE)) {
                write(conditions, array);
                result = calls.seccomp_rule_add_array(filter(), action.value(), number, conditions.size(), array);
            }
        }
        check("seccomp_rule_add_array(3)", call, result);
        return true;
    }

    /** {@return the filter as a {@code struct sock_filter} array, 8 bytes an instruction, in the machine's byte order} */
    public byte[] export() throws IOException {
        int number = FileCalls.memfd_create("seccomp", FileCalls.MFD_CLOEXEC);
        if (number < 0) {
            throw new SyscallException("memfd_create(2)", "seccomp", Native.getLastError());
        }
        try (Descriptor file = new Descriptor(number)) {
            check("seccomp_export_bpf(3)", "memfd seccomp", calls.seccomp_export_bpf(filter(), number));
            return Files.readAllBytes(file.procPath());
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            calls.seccomp_release(filter);
        }
    }

    private static SeccompCalls load() throws SyscallException {
        try {
            return Native.load(SeccompCalls.FILE, SeccompCalls.class);
        } catch (UnsatisfiedLinkError missing) {
            SyscallException problem = new SyscallException("dlopen(3)", SeccompCalls.FILE, Errno.ELIBACC.number());
            problem.initCause(missing);
            throw problem;
        }
    }

    private Pointer filter() {
        if (!open) {
            throw new IllegalStateException("this filter is closed");
        }
        return filter;
    }

    private static void write(List<Condition> conditions, Memory array) {
        long at = 0;
        for (Condition condition : conditions) {
            array.setInt(at, condition.argument());
            array.setInt(at + 4, condition.comparison().number);
            array.setLong(at + 8, condition.value());
            array.setLong(at + 16, condition.masked());
            at += SeccompCalls.ARG_CMP_SIZE;
        }
    }

    private static String described(Action action) {
        return "action 0x" + Integer.toHexString(action.value());
    }

    private static void check(String call, String subject, int result) throws SyscallException {
        if (result < 0) {
            throw new SyscallException(call, subject, -result);
        }
    }
}
