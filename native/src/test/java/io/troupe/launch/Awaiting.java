package io.troupe.launch;

import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import java.util.concurrent.TimeUnit;

/** Waits for ends, at most ten seconds. */
final class Awaiting {
    private Awaiting() {}

    static void end(Pidfd process) throws Exception {
        try (EventLoop loop = new EventLoop("test", failure -> {
            throw new AssertionError(failure);
        })) {
            process.whenEnded(loop).get(10, TimeUnit.SECONDS);
        }
    }
}
