package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.Scheduling.IoPriority;
import io.troupe.supervisor.bundle.Scheduling.Policy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** config.md, "Linux Process": scheduler, ioPriority, execCPUAffinity. Numbers are of linux/sched.h and linux/ioprio.h. */
final class SchedulingReader {
    private static final int FIFO = 1;
    private static final int ROUND_ROBIN = 2;
    private static final int DEADLINE = 6;
    private static final Map<String, Integer> POLICIES = Map.of(
            "SCHED_OTHER",
            0,
            "SCHED_FIFO",
            FIFO,
            "SCHED_RR",
            ROUND_ROBIN,
            "SCHED_BATCH",
            3,
            "SCHED_IDLE",
            5,
            "SCHED_DEADLINE",
            DEADLINE);
    private static final Map<String, Long> FLAGS = Map.of(
            "SCHED_FLAG_RESET_ON_FORK", 0x01L,
            "SCHED_FLAG_RECLAIM", 0x02L,
            "SCHED_FLAG_DL_OVERRUN", 0x04L,
            "SCHED_FLAG_KEEP_POLICY", 0x08L,
            "SCHED_FLAG_KEEP_PARAMS", 0x10L,
            "SCHED_FLAG_UTIL_CLAMP_MIN", 0x20L,
            "SCHED_FLAG_UTIL_CLAMP_MAX", 0x40L);
    private static final Map<String, Integer> IO_CLASSES =
            Map.of("IOPRIO_CLASS_RT", 1, "IOPRIO_CLASS_BE", 2, "IOPRIO_CLASS_IDLE", 3);
    private static final int MIN_NICE = -20;
    private static final int MAX_NICE = 19;
    private static final int MAX_PRIORITY = 99;
    private static final int LAST_IO_LEVEL = 7;
    /** The kernel's largest NR_CPUS is 8192. */
    private static final int LAST_PROCESSOR = 8191;

    private SchedulingReader() {}

    static Scheduling scheduling(Section process) {
        @Nullable
        Policy policy = process.object("scheduler", SchedulingReader::policy).orElse(null);
        @Nullable
        IoPriority io = process.object("ioPriority", SchedulingReader::io).orElse(null);
        return process.object(
                        "execCPUAffinity",
                        affinity -> new Scheduling(
                                policy, io, processors(affinity, "initial"), processors(affinity, "final")))
                .orElse(new Scheduling(policy, io, List.of(), List.of()));
    }

    private static Policy policy(Section section) {
        Value name = section.need("policy");
        if (name.text().equals("SCHED_ISO")) {
            throw name.unserved(
                    "\"SCHED_ISO\" is a policy that the kernel does not have", "Use SCHED_RR or SCHED_FIFO");
        }
        int number = Words.of(name, POLICIES, "a scheduling policy", "SCHED_OTHER");
        return new Policy(
                number,
                (int) or0(section.number("nice", MIN_NICE, MAX_NICE)),
                priority(section, number),
                section
                        .each("flags", flag -> Words.of(flag, FLAGS, "a scheduling flag", "SCHED_FLAG_RESET_ON_FORK"))
                        .stream()
                        .reduce(0L, (a, b) -> a | b),
                nanoseconds(section, "runtime", number),
                nanoseconds(section, "deadline", number),
                nanoseconds(section, "period", number));
    }

    private static int priority(Section section, int policy) {
        long priority = or0(section.number("priority", 0, MAX_PRIORITY));
        boolean realTime = policy == FIFO || policy == ROUND_ROBIN;
        if (realTime && priority == 0) {
            throw section.at("priority").wrong("is 0 or missing with a real-time policy", "Write 1 to 99");
        }
        if (!realTime && priority != 0) {
            throw section.at("priority")
                    .wrong("is for SCHED_FIFO and SCHED_RR alone", "Leave it out, or use another policy");
        }
        return (int) priority;
    }

    private static long nanoseconds(Section section, String name, int policy) {
        long time = section.find(name).map(Value::unsigned).orElse(0L);
        if (time != 0 && policy != DEADLINE) {
            throw section.at(name).wrong("is for SCHED_DEADLINE alone", "Leave it out, or use another policy");
        }
        return time;
    }

    private static IoPriority io(Section section) {
        return new IoPriority(Words.of(section.need("class"), IO_CLASSES, "a class for I/O", "IOPRIO_CLASS_BE"), (int)
                section.need("priority").number(0, LAST_IO_LEVEL));
    }

    private static List<Long> processors(Section section, String name) {
        return section.find(name)
                .map(value -> NumberList.of(value, LAST_PROCESSOR))
                .orElse(List.of());
    }

    private static long or0(@Nullable Long number) {
        return number == null ? 0 : number;
    }
}
