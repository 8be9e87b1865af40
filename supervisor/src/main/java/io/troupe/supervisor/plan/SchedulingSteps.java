package io.troupe.supervisor.plan;

import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.Execution;
import io.troupe.supervisor.bundle.Scheduling;
import java.util.ArrayList;
import java.util.List;

/**
 * When the process gets processors and disks, and how the kernel runs it (config.md, "Linux Process"; config-linux.md,
 * "Personality", "Memory policy"). Needs the rights that the program may not have, so it comes before they go.
 */
final class SchedulingSteps {
    private static final int IO_CLASS_SHIFT = 13;

    private SchedulingSteps() {}

    static List<Step> of(Scheduling scheduling, Execution execution) {
        List<Step> steps = new ArrayList<>();
        Scheduling.Policy policy = scheduling.policy();
        if (policy != null) {
            steps.add(new Step.Scheduler(
                    policy.number(),
                    policy.nice(),
                    policy.priority(),
                    policy.flags(),
                    policy.runtime(),
                    policy.deadline(),
                    policy.period()));
        }
        Scheduling.IoPriority io = scheduling.io();
        if (io != null) {
            steps.add(new Step.IoPriority(io.ioClass() << IO_CLASS_SHIFT | io.level()));
        }
        Long persona = execution.persona();
        if (persona != null) {
            steps.add(new Step.Personality(persona));
        }
        Execution.MemoryPolicy memory = execution.memory();
        if (memory != null) {
            steps.add(new Step.MemoryPolicy(memory.mode(), memory.nodes()));
        }
        return steps;
    }

    /** {@return the step that keeps an exec on these processors; none if there are none} */
    static List<Step> affinity(List<Long> processors) {
        return processors.isEmpty() ? List.of() : List.of(new Step.CpuAffinity(processors));
    }
}
