package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a classic BPF program on a {@code struct seccomp_data}, as the kernel does (seccomp(2)). Knows no other input. */
final class FilterMachine {
    static final int X86_64 = 0xc000003e;
    static final int X86 = 0x40000003;
    private static final int DATA_BYTES = 64;
    private static final int ARGUMENTS_AT = 16;

    private final ByteBuffer program;

    FilterMachine(Bytecode program) {
        this.program = ByteBuffer.wrap(program.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return SECCOMP_RET_* with its data} Missing arguments are 0. */
    int run(int architecture, int call, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(0, call).putInt(4, architecture);
        for (int i = 0; i < arguments.length; i++) {
            data.putLong(ARGUMENTS_AT + i * Long.BYTES, arguments[i]);
        }
        return run(data);
    }

    private int run(ByteBuffer data) {
        int accumulator = 0;
        int at = 0;
        while (true) {
            int code = program.getShort(at * Long.BYTES) & 0xffff;
            int yes = program.get(at * Long.BYTES + 2) & 0xff;
            int no = program.get(at * Long.BYTES + 3) & 0xff;
            int k = program.getInt(at * Long.BYTES + 4);
            at++;
            switch (code) {
                case 0x20 -> accumulator = data.getInt(k);
                case 0x54 -> accumulator &= k;
                case 0x05 -> at += k;
                case 0x15 -> at += accumulator == k ? yes : no;
                case 0x25 -> at += Integer.compareUnsigned(accumulator, k) > 0 ? yes : no;
                case 0x35 -> at += Integer.compareUnsigned(accumulator, k) >= 0 ? yes : no;
                case 0x45 -> at += (accumulator & k) != 0 ? yes : no;
                case 0x06 -> {
                    return k;
                }
                default -> throw new IllegalStateException("instruction 0x" + Integer.toHexString(code));
            }
        }
    }
}
