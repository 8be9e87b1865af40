package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import io.troupe.supervisor.bundle.SeccompProfile;
import java.util.List;

/** Makes a classic BPF filter of a profile; whoever implements it may remember profiles. */
@FunctionalInterface
public interface FilterCompiler {
    /** {@return the filter, for this machine} */
    Bytecode compile(SeccompProfile profile);

    /** {@return names of calls in the profile that this host does not know, and that the filter passes over} */
    default List<String> unknown(SeccompProfile profile) {
        return List.of();
    }
}
