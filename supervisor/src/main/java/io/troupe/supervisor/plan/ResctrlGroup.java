package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The group of resctrl that a container's process is put in (config-linux.md, "IntelRdt").
 *
 * @param directory of the group, absolute
 * @param made whether it has to be made
 * @param own whether it goes with the container
 * @param schemata what is written to it, with line feeds; empty for nothing
 * @param monitoring directory of a group for counters, made and taken away with the container; empty for none
 * @param fileSystem what it all is on, as linux/magic.h numbers it
 */
public record ResctrlGroup(
        String directory, boolean made, boolean own, String schemata, String monitoring, long fileSystem) {
    private static final int MODE = 0755;

    /** {@return the steps before there is a process} */
    List<Step> make() {
        List<Step> steps = new ArrayList<>();
        if (made) {
            steps.add(new Step.MakeDirectory(directory, MODE, fileSystem));
        }
        if (!schemata.isEmpty()) {
            steps.add(new Step.WriteFile(directory + "/schemata", schemata));
        }
        if (!monitoring.isEmpty()) {
            steps.add(new Step.MakeDirectory(monitoring, MODE, fileSystem));
        }
        return steps;
    }

    /** {@return the files that take a pid, in their order: a task can be counted only in a group below its own} */
    public List<String> tasks() {
        return monitoring.isEmpty()
                ? List.of(directory + "/tasks")
                : List.of(directory + "/tasks", monitoring + "/tasks");
    }

    /** {@return the directories that go with the container, the inner one first} */
    public List<String> footprint() {
        List<String> directories = new ArrayList<>();
        if (!monitoring.isEmpty()) {
            directories.add(monitoring);
        }
        if (own) {
            directories.add(directory);
        }
        return directories;
    }
}
