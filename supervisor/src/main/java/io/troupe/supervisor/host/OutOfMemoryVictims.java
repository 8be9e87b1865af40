package io.troupe.supervisor.host;

import io.troupe.syscall.KernelLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whom the out-of-memory killer chose. cgroups count its kills; only the kernel's log says of which processes. */
public final class OutOfMemoryVictims {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, on all machines that Java is on
    private static final double NANOS_PER_SECOND = 1e9;
    /** The log's clock is not steered, as the others are: in months they part by minutes. */
    private static final double APART_SECONDS = 600;

    private static final double BOOT_SECONDS = 1;
    /** PROC_PID_INIT_INO (proc_ns.h): the log has pids of this namespace. */
    private static final Path INITIAL_NAMESPACE = Path.of("pid:[4026531836]");

    private static final Pattern LINE = Pattern.compile("(?m)^(?:<\\d+>)?\\[ *(\\d+\\.\\d+)\\](.*)$");
    private static final Pattern KILL =
            Pattern.compile("[^:(]*\\b[Oo]ut of memory\\b[^:]*: Killed process (\\d+) \\(.*");

    private OutOfMemoryVictims() {}

    /**
     * {@return whether it killed a process that has ended; empty if the log cannot be read, or no longer tells}
     *
     * @param startTicks field 22 of /proc/PID/stat (proc(5))
     */
    public static Optional<Boolean> include(int pid, long startTicks) throws IOException {
        if (!Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).equals(INITIAL_NAMESPACE)) {
            return Optional.empty();
        }
        Optional<String> log = KernelLog.read();
        return log.isEmpty() ? Optional.empty() : include(log.get(), pid, startTicks / TICKS_PER_SECOND - asleep());
    }

    /**
     * {@return as above}
     *
     * @param started when the process did, in seconds of the log's clock, which is not quite the same
     */
    static Optional<Boolean> include(String log, int pid, double started) {
        double earliest = started - APART_SECONDS;
        boolean reachesBack = false;
        Matcher lines = LINE.matcher(log);
        for (boolean first = true; lines.find(); first = false) {
            double said = Double.parseDouble(lines.group(1));
            if (first) {
                reachesBack = said < Math.max(earliest, BOOT_SECONDS);
            }
            Matcher kill = KILL.matcher(lines.group(2));
            if (said >= earliest && kill.matches() && Integer.parseInt(kill.group(1)) == pid) {
                return Optional.of(true);
            }
        }
        return reachesBack ? Optional.of(false) : Optional.empty();
    }

    /** {@return seconds that the host was suspended: the log's clock stands still then, that of starts does not} */
    private static double asleep() throws IOException {
        String uptime = Files.readString(Path.of("/proc/uptime"));
        return Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) - System.nanoTime() / NANOS_PER_SECOND;
    }
}
