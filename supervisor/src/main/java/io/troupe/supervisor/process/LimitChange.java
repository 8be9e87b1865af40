package io.troupe.supervisor.process;

import io.troupe.launch.Bytecode;
import io.troupe.supervisor.systemd.Property;
import java.util.List;

/** A change of what a container's cgroup limits. */
public sealed interface LimitChange {

    /** {@return a line a limit for the journal, such as {@code memory.limit=67108864}} */
    List<String> lines();

    /**
     * A limit that is written.
     *
     * @param field of {@code linux.resources}, such as {@code memory.limit}
     * @param files absolute, in the order in which they are looked for: kernels call one control by different names
     * @param values what is written to each of them
     */
    record InFile(String field, List<String> files, List<String> values) implements LimitChange {
        public InFile {
            files = List.copyOf(files);
            values = List.copyOf(values);
        }

        @Override
        public List<String> lines() {
            return List.of(field + "=" + values.getFirst().strip());
        }
    }

    /**
     * Other rules for devices, as lines for files of cgroup version 1.
     *
     * @param text the rules in words
     * @param back what leads back, from any point on the way
     */
    record DeviceLines(String text, List<Line> there, List<Line> back) implements LimitChange {
        public DeviceLines {
            there = List.copyOf(there);
            back = List.copyOf(back);
        }

        @Override
        public List<String> lines() {
            return List.of("devices=" + text);
        }
    }

    /** @param file absolute */
    record Line(String file, String text) {}

    /**
     * Other rules for devices, as a program of cgroup version 2.
     *
     * @param text the rules in words
     * @param cgroup absolute
     */
    record DeviceProgram(String text, String cgroup, Bytecode code) implements LimitChange {
        @Override
        public List<String> lines() {
            return List.of("devices=" + text);
        }
    }

    /**
     * A cgroup of version 1's cpuset that is made for the limits after it.
     *
     * @param top of its hierarchy, absolute
     * @param directory absolute
     */
    record Cpuset(String top, String directory) implements LimitChange {
        @Override
        public List<String> lines() {
            return List.of();
        }
    }

    /**
     * Who is in the container's other cgroups is moved to one that has got its limits.
     *
     * @param directory absolute
     * @param cgroups the others, absolute
     */
    record Gathering(String directory, List<String> cgroups) implements LimitChange {
        public Gathering {
            cgroups = List.copyOf(cgroups);
        }

        @Override
        public List<String> lines() {
            return List.of();
        }
    }

    /**
     * The limits of the files before it, told to the systemd that has made the cgroup: else it puts back those that it
     * knows when it reloads.
     *
     * @param unit such as {@code libpod-1f.scope}
     */
    record InUnit(String unit, List<Property> properties) implements LimitChange {
        public InUnit {
            properties = List.copyOf(properties);
        }

        @Override
        public List<String> lines() {
            return List.of();
        }
    }
}
