package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import java.util.List;

/**
 * What is written to a control file of the container's cgroup.
 *
 * @param field of {@code linux.resources} that asks for it, as a JSON path
 * @param controller that has the file; empty for the files that every cgroup has
 * @param files names in the order in which they are looked for: kernels call one control by different names
 * @param values what is written to each of them
 */
record ControlWrite(String field, String controller, List<String> files, List<String> values) {

    /** One file that every kernel with the controller has. */
    static ControlWrite of(String field, String controller, String file, Object value) {
        return new ControlWrite(field, controller, List.of(file), List.of(value.toString()));
    }

    Step step(String directory) {
        if (files.size() == 1) {
            return new Step.WriteFile(directory + "/" + files.getFirst(), values.getFirst());
        }
        return new Step.WriteFirst(
                files.stream().map(file -> directory + "/" + file).toList(), values);
    }
}
