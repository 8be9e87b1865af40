package io.troupe.supervisor.plan;

import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.CapabilityNames;
import io.troupe.supervisor.bundle.CapabilitySets;
import io.troupe.supervisor.bundle.Namespaces;
import io.troupe.supervisor.bundle.ProcessSection;
import java.util.ArrayList;
import java.util.List;

/**
 * What a runtime can give of the capabilities that are wanted. The rest is left out with a warning (config.md, "Linux
 * Process": "Runtimes SHOULD NOT fail if the container configuration requests capabilities that cannot be granted").
 *
 * @param capabilities bit n is capability n
 */
record Grant(long capabilities) {
    /** What paths of unknown capabilities begin with. */
    static final String CAPABILITIES = "process.capabilities.";

    /**
     * {@return the grant for a process in these namespaces} A user namespace gives all that the kernel has.
     *
     * @param own what this host's runtime has itself
     */
    static Grant in(Namespaces namespaces, long own) {
        return new Grant(namespaces.has(Namespaces.Kind.USER) ? -1L : own);
    }

    CapabilitySets of(CapabilitySets wanted) {
        return new CapabilitySets(
                wanted.bounding() & capabilities,
                wanted.effective() & capabilities,
                wanted.permitted() & capabilities,
                wanted.inheritable() & capabilities,
                wanted.ambient() & capabilities);
    }

    /** {@return a line a capability that is left out, or that none is} */
    List<String> warnings(Bundle bundle, ProcessSection process) {
        List<String> lines = new ArrayList<>();
        bundle.unknownFields().stream()
                .filter(path -> path.startsWith(CAPABILITIES))
                .forEach(path -> lines.add(path + " is left out: it is not a capability"));
        lines.addAll(warnings(process.capabilities()));
        return lines;
    }

    /** {@return a line a capability that is left out} */
    List<String> warnings(CapabilitySets wanted) {
        long all = wanted.bounding() | wanted.permitted() | wanted.inheritable();
        List<String> lines = new ArrayList<>();
        for (long left = all & ~capabilities; left != 0; left &= left - 1) {
            lines.add("process.capabilities: " + CapabilityNames.name(Long.numberOfTrailingZeros(left))
                    + " is left out: this runtime has not got it itself");
        }
        return lines;
    }
}
