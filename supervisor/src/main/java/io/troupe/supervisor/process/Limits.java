package io.troupe.supervisor.process;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Limits written one after the other. The kernel knows no transaction over files: if one is refused, those before it are
 * put back, the last first, so that each step back leads to a state that has been.
 */
final class Limits {
    /** A file that was written, and what it said before. */
    private record Written(Path file, String before) {}

    private final Deque<Written> written = new ArrayDeque<>();

    private Limits() {}

    /** {@return why they are not as they should be, and how they are; null if all was written} */
    static @Nullable String set(List<LimitChange> changes) {
        Limits limits = new Limits();
        for (LimitChange change : changes) {
            String problem = limits.set(change);
            if (problem != null) {
                return problem + "; " + limits.putBack();
            }
        }
        return null;
    }

    private @Nullable String set(LimitChange change) {
        for (int i = 0; i < change.files().size(); i++) {
            Path file = Path.of(change.files().get(i));
            if (Files.exists(file)) {
                return write(change.field(), file, change.values().get(i));
            }
        }
        return change.field() + ": there is no " + change.files().getFirst();
    }

    private @Nullable String write(String field, Path file, String value) {
        try {
            written.push(new Written(file, former(file.getFileName().toString(), Files.readString(file), value)));
            Files.writeString(file, value);
            return null;
        } catch (IOException problem) {
            return field + ": the kernel does not take " + value + " for " + file.getFileName() + ": "
                    + reason(problem);
        }
    }

    private String putBack() {
        List<String> lost = new ArrayList<>();
        for (Written one : written) {
            try {
                if (!Files.readString(one.file()).trim().equals(one.before())) {
                    Files.writeString(one.file(), one.before().isEmpty() ? "\n" : one.before());
                }
            } catch (IOException problem) {
                lost.add(one.file() + " could not be put back to " + one.before() + ": " + reason(problem));
            }
        }
        return lost.isEmpty() ? "all is as it was" : String.join("; ", lost);
    }

    /**
     * {@return what to write to have back what is there now}
     *
     * @param name of the file
     * @param text what it says
     * @param value what is about to be written; in a file with a line for each device it begins with the device
     */
    static String former(String name, String text, String value) {
        if (name.equals("memory.oom_control")) {
            return text.contains("oom_kill_disable 1") ? "1" : "0";
        }
        int blank = value.indexOf(' ');
        boolean keyed = blank > 0 && !name.equals("cpu.max");
        String key = keyed ? value.substring(0, blank) : "default";
        for (String line : text.lines().toList()) {
            if (line.startsWith(key + " ")) {
                return line.strip();
            }
        }
        return keyed ? key + " " + nothing(name) : text.trim();
    }

    /** What a line says of a device that has no limit. */
    private static String nothing(String name) {
        return switch (name) {
            case "io.max" -> "rbps=max wbps=max riops=max wiops=max";
            case "rdma.max" -> "hca_handle=max hca_object=max";
            case "io.weight", "io.bfq.weight" -> "default";
            default -> "0";
        };
    }

    private static String reason(IOException problem) {
        return problem instanceof FileSystemException told && told.getReason() != null
                ? told.getReason()
                : Objects.requireNonNullElse(problem.getMessage(), problem.toString());
    }
}
