package io.troupe.launch;

import java.util.Arrays;

/** A program for one of the kernel's machines (classic BPF or eBPF), as it is in memory; 8 bytes an instruction. */
public final class Bytecode {
    private static final int INSTRUCTION_BYTES = 8;

    private final byte[] bytes;

    /** Takes a copy. */
    public Bytecode(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /** {@return a copy of the bytes} */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytecode that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length / INSTRUCTION_BYTES + " instructions";
    }
}
