package io.troupe.supervisor.process;

import java.util.List;

/**
 * A limit of a container's cgroup that is to change.
 *
 * @param field of {@code linux.resources}, such as {@code memory.limit}
 * @param files absolute, in the order in which they are looked for: kernels call one control by different names
 * @param values what is written to each of them
 */
public record LimitChange(String field, List<String> files, List<String> values) {
    public LimitChange {
        files = List.copyOf(files);
        values = List.copyOf(values);
    }

    /** {@return such as {@code memory.limit=67108864}} */
    public String line() {
        return field + "=" + values.getFirst();
    }
}
