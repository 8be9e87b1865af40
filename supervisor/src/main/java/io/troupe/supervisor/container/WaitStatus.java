package io.troupe.supervisor.container;

import io.troupe.protocol.ExitCause;

/** The status that wait(2) gives, as its macros read it. */
final class WaitStatus {
    private static final int SIGNAL_BITS = 0x7f;
    private static final int CORE_BIT = 0x80;

    private WaitStatus() {}

    static ExitCause cause(int status) {
        int signal = status & SIGNAL_BITS;
        if (signal == 0) {
            return new ExitCause.Exited((status >> 8) & 0xff);
        }
        return signal == SIGNAL_BITS
                ? new ExitCause.Unknown("its parent reported wait status " + status + ", which is no end")
                : new ExitCause.Signalled(signal, (status & CORE_BIT) != 0, false);
    }
}
