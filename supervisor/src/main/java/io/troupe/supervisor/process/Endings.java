package io.troupe.supervisor.process;

import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.host.ProcFs;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * How a process ended, by whoever saw it. A pidfd tells once the process was waited for (Linux 6.15 and newer,
 * PIDFD_GET_INFO); before that its zombie does (proc(5), field 52). Between the two there is no gap: what is not a zombie
 * any more has been waited for.
 */
public final class Endings {
    private Endings() {}

    /** A cause and who saw it. */
    public record Seen(ExitCause cause, String witness) {}

    /**
     * {@return how it ended; empty if it has ended, and neither its zombie nor its pidfd says how yet}
     *
     * @param process with {@code pidfd} readable
     * @param outOfMemory tells whether the kernel's out-of-memory killer struck in its cgroup
     * @param witness what to call the pidfd
     */
    static Optional<Seen> look(ProcessIdentity process, Pidfd pidfd, BooleanSupplier outOfMemory, String witness)
            throws IOException {
        OptionalInt before = pidfd.exitInfo();
        if (before.isPresent()) {
            return Optional.of(new Seen(cause(before.getAsInt(), outOfMemory), witness));
        }
        Optional<ProcFs.Stat> stat =
                ProcFs.stat(process.pid()).filter(seen -> seen.startTicks() == process.startTicks() && seen.zombie());
        if (stat.isPresent()) {
            return Optional.of(new Seen(cause(stat.get().waitStatus(), outOfMemory), "zombie"));
        }
        OptionalInt after = pidfd.exitInfo();
        return after.isPresent()
                ? Optional.of(new Seen(cause(after.getAsInt(), outOfMemory), witness))
                : Optional.empty();
    }

    /** {@return how a process without a cgroup of its own ended, as far as it can be known now} */
    public static ExitCause of(ProcessIdentity process, Pidfd pidfd) throws IOException {
        return look(process, pidfd, () -> false, "pidfd")
                .map(Seen::cause)
                .orElseGet(() -> new ExitCause.Unknown("its parent waited for it, and this kernel tells no one else"));
    }

    /** {@return what a wait status says (wait(2))} */
    public static ExitCause cause(int waitStatus, BooleanSupplier outOfMemory) {
        int signal = waitStatus & 0x7f;
        if (signal == 0) {
            return new ExitCause.Exited((waitStatus >>> 8) & 0xff, outOfMemory.getAsBoolean());
        }
        boolean killed = signal == Signals.SIGKILL;
        return new ExitCause.Signalled(signal, (waitStatus & 0x80) != 0, killed && outOfMemory.getAsBoolean());
    }
}
