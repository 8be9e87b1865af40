package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.ProcessSection;

/** What the configuration and the caller say of the console (config.md, "Process"). */
final class Consoles {
    private Consoles() {}

    /** Refuses a terminal that nobody would have, and a console without one. */
    static void check(ProcessSection process, ConsoleWish wish) {
        boolean wished = !(wish instanceof ConsoleWish.None);
        if (process.terminal() && !wished) {
            throw refused("a terminal needs a console socket", "Use --console-socket");
        }
        if (!process.terminal() && wished) {
            throw refused("it is false, and a console was asked for", "Leave out the console");
        }
    }

    static ProcessSection.ConsoleSize size(ProcessSection process, ConsoleWish wish) {
        ProcessSection.ConsoleSize size = process.consoleSize();
        if (size != null) {
            return size;
        }
        return wish instanceof ConsoleWish.Local(int rows, int columns)
                ? new ProcessSection.ConsoleSize(rows, columns)
                : new ProcessSection.ConsoleSize(0, 0);
    }

    private static FailureException refused(String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, "config.json: process.terminal", what, remedy);
    }
}
