package io.troupe.supervisor.process;

import io.troupe.supervisor.host.Cgroups;
import io.troupe.syscall.Pidfd;
import java.io.IOException;

/** Sends signals, and tells what came of it. */
final class Deliveries {
    private Deliveries() {}

    /** {@return whether the process got the signal} */
    static Delivery toOne(Pidfd process, int signal) {
        try {
            // To a zombie a signal is sent and lost.
            if (process.hasEnded()) {
                return new Delivery.Gone();
            }
            return switch (process.send(signal)) {
                case SENT -> new Delivery.Sent();
                case PROCESS_GONE -> new Delivery.Gone();
                case NOT_PERMITTED ->
                    new Delivery.Refused(
                            "pidfd_send_signal(2) on pid " + process.pid() + ": Operation not permitted (EPERM)");
            };
        } catch (IOException problem) {
            return new Delivery.Refused("" + problem.getMessage());
        }
    }

    /** {@return whether all processes in the container's cgroups got the signal, and be it that there are none} Blocks. */
    static Delivery toAll(Footprint footprint, int signal) {
        try {
            Cgroups.signal(footprint.cgroups(), signal);
            return new Delivery.Sent();
        } catch (IOException problem) {
            return new Delivery.Refused("" + problem.getMessage());
        }
    }
}
