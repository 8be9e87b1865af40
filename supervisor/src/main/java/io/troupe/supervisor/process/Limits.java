package io.troupe.supervisor.process;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.host.Cpusets;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.systemd.Systemd;
import io.troupe.syscall.DeviceFilter;
import io.troupe.syscall.SyscallException;
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
    /** What has been done, and can be undone. */
    private sealed interface Done {}

    /** A file that was written, what it said before, and what was written. */
    private record Written(Path file, String before, String after) implements Done {}

    /** Rules for devices have been written, or some of them. */
    private record Ruled(LimitChange.DeviceLines change) implements Done {}

    /** A program rules devices in the place of another. */
    private record Filtered(DeviceFilter filter) implements Done {}

    private final Deque<Done> done = new ArrayDeque<>();
    private final Systemd systemd;

    private Limits(Systemd systemd) {
        this.systemd = systemd;
    }

    /** {@return why they are not as they should be, and how they are; null if all was written} */
    static @Nullable String set(List<LimitChange> changes, Systemd systemd) {
        Limits limits = new Limits(systemd);
        try {
            for (LimitChange change : changes) {
                String problem = limits.set(change);
                if (problem != null) {
                    return problem + "; " + limits.putBack();
                }
            }
            return null;
        } finally {
            limits.done.forEach(Limits::close);
        }
    }

    private static void close(Done one) {
        if (one instanceof Filtered(DeviceFilter filter)) {
            filter.close();
        }
    }

    private @Nullable String set(LimitChange change) {
        return switch (change) {
            case LimitChange.InFile file -> set(file);
            case LimitChange.InUnit unit -> tell(unit);
            case LimitChange.Cpuset cpuset -> make(cpuset);
            case LimitChange.Gathering gathering -> gather(gathering);
            case LimitChange.DeviceLines lines -> rule(lines);
            case LimitChange.DeviceProgram program -> rule(program);
        };
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
            done.push(new Written(file, before, value));
            return null;
        } catch (IOException problem) {
            return field + ": the kernel does not take " + value.strip() + " for " + file.getFileName() + ": "
                    + Resctrl.reason(file.toString()).orElseGet(() -> reason(problem));
        }
    }

    private @Nullable String rule(LimitChange.DeviceLines change) {
        for (LimitChange.Line line : change.there()) {
            try {
                Files.writeString(Path.of(line.file()), line.text());
                if (line.equals(change.there().getFirst())) {
                    done.push(new Ruled(change)); // if that is refused, nothing has changed
                }
            } catch (IOException problem) {
                Path name = Path.of(line.file()).getFileName();
                return "devices: the kernel does not take " + line.text() + " for " + name + ": " + reason(problem);
            }
        }
        return null;
    }

    private @Nullable String rule(LimitChange.DeviceProgram change) {
        try {
            done.push(new Filtered(
                    DeviceFilter.replace(Path.of(change.cgroup()), change.code().bytes())));
            return null;
        } catch (SyscallException problem) {
            return "devices: " + problem.getMessage();
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
            for (Done one : done.reversed()) {
                if (one instanceof Written(Path file, var _, String after)) {
                    Files.writeString(file, after);
                }
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
        for (Done one : done) {
            String problem = switch (one) {
                case Written file -> putBack(file);
                case Ruled(LimitChange.DeviceLines change) -> putBack(change);
                case Filtered(DeviceFilter filter) -> putBack(filter);
            };
            if (problem != null) {
                lost.add(problem);
            }
        }
        return lost.isEmpty() ? "all is as it was" : String.join("; ", lost);
    }

    private static @Nullable String putBack(Written one) {
        try {
            if (!Files.readString(one.file()).trim().equals(one.before())) {
                Files.writeString(one.file(), one.before().isEmpty() ? "\n" : one.before());
            }
            return null;
        } catch (IOException problem) {
            return one.file() + " could not be put back to " + one.before() + ": " + reason(problem);
        }
    }

    private static @Nullable String putBack(LimitChange.DeviceLines change) {
        try {
            for (LimitChange.Line line : change.back()) {
                Files.writeString(Path.of(line.file()), line.text());
            }
            return null;
        } catch (IOException problem) {
            return "rules for devices could not be put back: " + reason(problem);
        }
    }

    private static @Nullable String putBack(DeviceFilter filter) {
        try {
            filter.putBack();
            return null;
        } catch (SyscallException problem) {
            return "rules for devices could not be put back: " + problem.getMessage();
        }
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
