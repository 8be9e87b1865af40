package io.troupe.supervisor.process;

import io.troupe.protocol.ExitCause;
import io.troupe.supervisor.host.ProcFs;
import io.troupe.syscall.Pidfd;
import io.troupe.syscall.Signals;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a process ended, by whoever saw it. A pidfd tells once the process was waited for (Linux 6.15 and newer,
 * PIDFD_GET_INFO); before that its zombie does (proc(5), field 52). Between the two there is no gap: what is not a zombie
 * any more has been waited for.
 */
public final class Endings {
    private Endings() {}

    /** A cause and who saw it. */
    public record Seen(ExitCause cause, String witness) {}

    /** What the kernel's out-of-memory killer did in the cgroups of a process. */
    interface Memory {
        /** Of a process without cgroups of its own. */
        Memory UNKNOWN = new Memory() {
            @Override
            public boolean ranOut() {
                return false;
            }

            @Override
            public boolean killedIt() {
                return false;
            }
        };

        /** {@return whether it struck in there} */
        boolean ranOut();

        /** {@return whether it killed the process itself, which has ended by SIGKILL} */
        boolean killedIt();
    }

    /**
     * {@return how it ended; empty if it has ended, and neither its zombie nor its pidfd says how yet}
     *
     * @param process with {@code pidfd} readable
     * @param witness what to call the pidfd
     */
    static Optional<Seen> look(ProcessIdentity process, Pidfd pidfd, Memory memory, String witness) throws IOException {
        OptionalInt before = pidfd.exitInfo();
        if (before.isPresent()) {
            return Optional.of(new Seen(cause(before.getAsInt(), memory), witness));
        }
        Optional<ProcFs.Stat> stat =
                ProcFs.stat(process.pid()).filter(seen -> seen.startTicks() == process.startTicks() && seen.zombie());
        if (stat.isPresent()) {
            return Optional.of(new Seen(cause(stat.get().waitStatus(), memory), "zombie"));
        }
        OptionalInt after = pidfd.exitInfo();
        return after.isPresent() ? Optional.of(new Seen(cause(after.getAsInt(), memory), witness)) : Optional.empty();
    }

    /** {@return how a process without a cgroup of its own ended, as far as it can be known now} */
    public static ExitCause of(ProcessIdentity process, Pidfd pidfd) throws IOException {
        return look(process, pidfd, Memory.UNKNOWN, "pidfd")
                .map(Seen::cause)
                .orElseGet(() -> new ExitCause.Unknown("its parent waited for it, and this kernel tells no one else"));
    }

    /** {@return what a wait status says (wait(2)), of a process without cgroups of its own} */
    public static ExitCause cause(int waitStatus) {
        return cause(waitStatus, Memory.UNKNOWN);
    }

    /** {@return what a wait status says (wait(2))} */
    static ExitCause cause(int waitStatus, Memory memory) {
        int signal = waitStatus & 0x7f;
        if (signal == 0) {
            return new ExitCause.Exited((waitStatus >>> 8) & 0xff, memory.ranOut());
        }
        boolean killed = signal == Signals.SIGKILL;
        return new ExitCause.Signalled(signal, (waitStatus & 0x80) != 0, killed && memory.killedIt());
    }
}
