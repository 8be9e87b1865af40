package io.troupe.supervisor.host;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Processes as /proc shows them (proc(5)). A process that is not there is an empty answer, not an exception. */
public final class ProcFs {
    /** Fields of /proc/PID/stat, counted from 1. */
    private static final int STATE = 3;

    private static final int START_TICKS = 22;
    private static final int EXIT_CODE = 52;
    /** What /proc/PID/exe of a process shows that runs the sealed copy of our own program. */
    private static final String SEALED = "/memfd:troupe";

    private ProcFs() {}

    /**
     * A process.
     *
     * @param state letter, such as {@code R}, {@code S}, {@code Z}
     * @param startTicks clock ticks after boot
     * @param waitStatus what wait(2) gives, once it is a zombie; 0 before, or where we may not see it
     */
    public record Stat(char state, long startTicks, int waitStatus) {
        /** {@return whether it has ended and waits for its parent} */
        public boolean zombie() {
            return state == 'Z' || state == 'X';
        }
    }

    /** {@return /proc/sys/kernel/random/boot_id} */
    public static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
    }

    /** {@return the process that has this pid now; empty if none has} */
    public static Optional<Stat> stat(int pid) throws IOException {
        try {
            byte[] text = Files.readAllBytes(Path.of("/proc", Integer.toString(pid), "stat"));
            return Optional.of(parse(new String(text, StandardCharsets.ISO_8859_1)));
        } catch (NoSuchFileException | FileNotFoundException _) {
            return Optional.empty();
        } catch (IOException problem) {
            // ESRCH: it was reaped between open(2) and read(2).
            if (Files.notExists(Path.of("/proc", Integer.toString(pid)))) {
                return Optional.empty();
            }
            throw problem;
        }
    }

    /** The second field is the program's name, which may hold blanks and parentheses: fields are counted from its end. */
    static Stat parse(String text) {
        String[] rest = text.substring(text.lastIndexOf(')') + 2).trim().split(" ", -1);
        int waitStatus = rest.length > EXIT_CODE - STATE ? Integer.parseInt(rest[EXIT_CODE - STATE]) : 0;
        return new Stat(rest[0].charAt(0), Long.parseLong(rest[START_TICKS - STATE]), waitStatus);
    }

    /** {@return whether the process still runs the launcher, not its own program yet; false if it is gone} */
    public static boolean runsLauncher(int pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "exe"))
                    .toString()
                    .startsWith(SEALED);
        } catch (IOException _) {
            // Gone, or a zombie: neither has a program.
            return false;
        }
    }
}
