package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.Execution.MemoryPolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** config-linux.md, "Personality", "Memory policy". Numbers are of linux/personality.h and linux/mempolicy.h. */
final class ExecutionReader {
    private static final Map<String, Long> DOMAINS = Map.of("LINUX", 0L, "LINUX32", 8L);
    static final Map<String, Integer> MODES = Map.of(
            "MPOL_DEFAULT", 0,
            "MPOL_PREFERRED", 1,
            "MPOL_BIND", 2,
            "MPOL_INTERLEAVE", 3,
            "MPOL_LOCAL", 4,
            "MPOL_PREFERRED_MANY", 5,
            "MPOL_WEIGHTED_INTERLEAVE", 6);
    private static final Set<String> WITHOUT_NODES = Set.of("MPOL_DEFAULT", "MPOL_LOCAL");
    private static final String MAYBE_NODES = "MPOL_PREFERRED";
    private static final int STATIC = 1 << 15;
    private static final int RELATIVE = 1 << 14;
    static final Map<String, Integer> FLAGS =
            Map.of("MPOL_F_STATIC_NODES", STATIC, "MPOL_F_RELATIVE_NODES", RELATIVE, "MPOL_F_NUMA_BALANCING", 1 << 13);
    /** The kernel's largest MAX_NUMNODES is 1024. */
    private static final int LAST_NODE = 1023;

    private ExecutionReader() {}

    static Execution execution(Section linux) {
        @Nullable
        Long persona = linux.object("personality", ExecutionReader::persona).orElse(null);
        @Nullable
        MemoryPolicy memory =
                linux.object("memoryPolicy", ExecutionReader::memory).orElse(null);
        return new Execution(persona, memory);
    }

    private static Long persona(Section section) {
        List<Value> flags = section.each("flags", flag -> flag);
        if (!flags.isEmpty()) {
            Value first = flags.getFirst();
            throw first.wrong(
                    Value.quoted(first.text()) + " is not a flag: the specification has none", "Leave it out");
        }
        return Words.of(section.need("domain"), DOMAINS, "an execution domain", "LINUX32");
    }

    private static MemoryPolicy memory(Section section) {
        Value mode = section.need("mode");
        int number = Words.of(mode, MODES, "a memory policy", "MPOL_BIND");
        List<Long> nodes = section.find("nodes")
                .map(value -> NumberList.of(value, LAST_NODE))
                .orElse(List.of());
        if (WITHOUT_NODES.contains(mode.text()) && !nodes.isEmpty()) {
            throw section.at("nodes").wrong("does not go with " + mode.text(), "Leave it out");
        }
        if (nodes.isEmpty()
                && !WITHOUT_NODES.contains(mode.text())
                && !mode.text().equals(MAYBE_NODES)) {
            throw section.at("nodes").wrong("is missing: " + mode.text() + " needs one", "Write one such as \"0\"");
        }
        return new MemoryPolicy(number | flags(section), nodes);
    }

    private static int flags(Section section) {
        int flags = section
                .each("flags", flag -> Words.of(flag, FLAGS, "a flag of memory policies", "MPOL_F_STATIC_NODES"))
                .stream()
                .reduce(0, (a, b) -> a | b);
        if ((flags & STATIC) != 0 && (flags & RELATIVE) != 0) {
            throw section.at("flags").wrong("has both MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES", "Remove one");
        }
        return flags;
    }
}
