package io.troupe.supervisor.process;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.Cpusets;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.systemd.Systemd;
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
    /** A file that was written, what it said before, and what was written. */
    private record Written(Path file, String before, String after) {}

    private final Deque<Written> written = new ArrayDeque<>();
    private final Systemd systemd;

    private Limits(Systemd systemd) {
        this.systemd = systemd;
    }

    /** {@return why they are not as they should be, and how they are; null if all was written} */
    static @Nullable String set(List<LimitChange> changes, Systemd systemd) {
        Limits limits = new Limits(systemd);
        for (LimitChange change : changes) {
            String problem = switch (change) {
                case LimitChange.InFile file -> limits.set(file);
                case LimitChange.InUnit unit -> limits.tell(unit);
                case LimitChange.Cpuset cpuset -> make(cpuset);
                case LimitChange.Gathering gathering -> gather(gathering);
            };
            if (problem != null) {
                return problem + "; " + limits.putBack();
            }
        }
        return null;
    }

    private @Nullable String set(LimitChange.InFile change) {
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
            String before = former(file.getFileName().toString(), Files.readString(file), value);
            Files.writeString(file, value);
            written.push(new Written(file, before, value));
            return null;
        } catch (IOException problem) {
            return field + ": the kernel does not take " + value.strip() + " for " + file.getFileName() + ": "
                    + Resctrl.reason(file.toString()).orElseGet(() -> reason(problem));
        }
    }

    /** It stays if a later change is refused, and then allows what the one above it does: an exec may be on its way there. */
    private static @Nullable String make(LimitChange.Cpuset change) {
        try {
            Cpusets.make(Path.of(change.top()), Path.of(change.directory()));
            return null;
        } catch (IOException problem) {
            return "the cgroup " + change.directory() + " cannot be made: " + reason(problem);
        }
    }

    private static @Nullable String gather(LimitChange.Gathering change) {
        try {
            Cpusets.gather(Path.of(change.directory()), change.cgroups());
            return null;
        } catch (IOException problem) {
            return "its processes cannot be moved to " + change.directory() + ": " + reason(problem);
        }
    }

    /** systemd writes them as well, some of them rounded: what was asked for is written again. */
    private @Nullable String tell(LimitChange.InUnit unit) {
        try {
            systemd.set(unit.unit(), unit.properties());
            for (Written one : written.reversed()) {
                Files.writeString(one.file(), one.after());
            }
            return null;
        } catch (FailureException problem) {
            return String.valueOf(problem.getMessage());
        } catch (IOException problem) {
            return "what systemd wrote cannot be corrected: " + reason(problem);
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
        if (name.equals("schemata")) {
            return text;
        }
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
