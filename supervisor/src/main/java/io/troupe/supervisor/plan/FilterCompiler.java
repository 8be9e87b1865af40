package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import io.troupe.supervisor.bundle.SeccompProfile;

/** Makes a classic BPF filter of a profile; whoever implements it may remember profiles. */
@FunctionalInterface
public interface FilterCompiler {
    /** {@return the filter, for this machine} */
    Bytecode compile(SeccompProfile profile);
}
