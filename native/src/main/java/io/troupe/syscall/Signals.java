package io.troupe.syscall;

import com.sun.jna.Native;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Names and numbers of signals ({@code signal(7)}): the same on x86-64 and aarch64. */
public final class Signals {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;

    /** Highest number. */
    public static final int MAX = 64;

    /** First realtime signal that programs may use; glibc keeps 32 and 33 for its threads, musl 34 too. */
    private static final int RTMIN = 34;

    private static final String PREFIX = "SIG";
    private static final String[] NAMES =
            (" HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT"
                            + " CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
                    .split(" ");
    private static final Map<String, Integer> ALIASES =
            Map.of("IOT", 6, "CLD", 17, "POLL", 29, "UNUSED", 31, "RTMIN", RTMIN, "RTMAX", MAX);

    private Signals() {}

    /**
     * Reads what users write: {@code TERM}, {@code sigterm}, {@code 15}, {@code RTMIN+3}, {@code SIGRTMAX-2}; 0 is the
     * signal that is only checked.
     *
     * @return 0 to 64, or empty if it is none of these
     */
    public static OptionalInt parse(String text) {
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return text.length() > 2 ? OptionalInt.empty() : inRange(Integer.parseInt(text));
        }
        String upper = text.toUpperCase(Locale.ROOT);
        return byName(upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper);
    }

    /**
     * {@return the name with SIG, such as {@code SIGTERM} or {@code SIGRTMIN+3}; the number itself where there is none}
     *
     * @param number a signal number
     */
    public static String name(int number) {
        if (number >= 1 && number < NAMES.length) {
            return PREFIX + NAMES[number];
        }
        if (number >= RTMIN && number <= MAX) {
            return number == RTMIN ? "SIGRTMIN" : number == MAX ? "SIGRTMAX" : "SIGRTMIN+" + (number - RTMIN);
        }
        return Integer.toString(number);
    }

    /** {@return the names with SIG and their numbers, in the order of the names; realtime signals not among them} */
    public static Map<String, Integer> all() {
        return IntStream.range(1, NAMES.length)
                .boxed()
                .collect(Collectors.toMap(Signals::name, number -> number, (a, _) -> a, TreeMap::new));
    }

    /**
     * Signals a process by its bare pid: for ourselves and for tests, as a pid may be another's by now. A process that
     * is gone is no failure.
     *
     * @throws UncheckedIOException if we may not
     */
    public static void kill(int pid, int signal) {
        if (ProcessCalls.kill(pid, signal) == 0) {
            return;
        }
        int number = Native.getLastError();
        if (Errno.of(number) != Errno.ESRCH) {
            throw new UncheckedIOException(
                    new SyscallException("kill(2)", "pid " + pid + ", signal " + signal, number));
        }
    }

    private static OptionalInt byName(String name) {
        for (int number = 1; number < NAMES.length; number++) {
            if (NAMES[number].equals(name)) {
                return OptionalInt.of(number);
            }
        }
        Integer alias = ALIASES.get(name);
        return alias != null ? OptionalInt.of(alias) : realtime(name);
    }

    private static OptionalInt realtime(String name) {
        if (!name.matches("RTM(IN\\+|AX-)[0-9]{1,2}")) {
            return OptionalInt.empty();
        }
        int distance = Integer.parseInt(name.substring("RTMIN+".length()));
        int number = name.startsWith("RTMIN") ? RTMIN + distance : MAX - distance;
        return number >= RTMIN ? inRange(number) : OptionalInt.empty();
    }

    private static OptionalInt inRange(int number) {
        return number <= MAX ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
