package io.troupe.supervisor.process;

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
