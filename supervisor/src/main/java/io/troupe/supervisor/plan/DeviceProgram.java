package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import io.troupe.supervisor.bundle.Resources.DeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Device rules as an eBPF program of type {@code BPF_PROG_TYPE_CGROUP_DEVICE} (config-linux.md, "Allowed Device list").
 * Rules are looked at from the last to the first. A rule that allows takes what it allows from the access asked for,
 * until nothing is left; one that denies any of what is left ends it.
 */
final class DeviceProgram {
    private static final int LOAD_WORD = 0x61;
    private static final int MOVE = 0xb7;
    private static final int MOVE_REGISTER = 0xbf;
    private static final int AND = 0x57;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int JUMP_UNEQUAL = 0x55;
    private static final int JUMP_EQUAL = 0x15;
    private static final int EXIT = 0x95;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    private static final int SCRATCH = 6;
    private static final int INSTRUCTION = 8;

    private final ByteBuffer out;

    private DeviceProgram(int rules) {
        out = ByteBuffer.allocate((8 + rules * 8) * INSTRUCTION).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return the program; what no rule speaks of is denied} */
    static Bytecode of(List<DeviceRule> rules) {
        DeviceProgram program = new DeviceProgram(rules.size());
        program.begin();
        rules.reversed().forEach(program::rule);
        program.answer(0);
        byte[] bytes = new byte[program.out.position()];
        program.out.flip().get(bytes);
        return new Bytecode(bytes);
    }

    private void begin() {
        emit(LOAD_WORD, TYPE, 1, 0, 0);
        emit(MOVE_REGISTER, ACCESS, TYPE, 0, 0);
        emit(AND, TYPE, 0, 0, 0xffff);
        emit(SHIFT_RIGHT, ACCESS, 0, 0, 16);
        emit(LOAD_WORD, MAJOR, 1, 4, 0);
        emit(LOAD_WORD, MINOR, 1, 8, 0);
    }

    private void rule(DeviceRule rule) {
        boolean typed = rule.type() != 'a';
        boolean major = typed && rule.major() >= 0;
        boolean minor = typed && rule.minor() >= 0;
        int left = (typed ? 1 : 0) + (major ? 1 : 0) + (minor ? 1 : 0) + (rule.allow() ? 4 : 5);
        if (typed) {
            emit(JUMP_UNEQUAL, TYPE, 0, --left, rule.type() == 'b' ? 1 : 2);
        }
        if (major) {
            emit(JUMP_UNEQUAL, MAJOR, 0, --left, (int) rule.major());
        }
        if (minor) {
            emit(JUMP_UNEQUAL, MINOR, 0, --left, (int) rule.minor());
        }
        if (rule.allow()) {
            emit(AND, ACCESS, 0, 0, ~bits(rule.access()));
            emit(JUMP_UNEQUAL, ACCESS, 0, 2, 0);
            answer(1);
        } else {
            emit(MOVE_REGISTER, SCRATCH, ACCESS, 0, 0);
            emit(AND, SCRATCH, 0, 0, bits(rule.access()));
            emit(JUMP_EQUAL, SCRATCH, 0, 2, 0);
            answer(0);
        }
    }

    private static int bits(String access) {
        return (access.contains("m") ? 1 : 0) | (access.contains("r") ? 2 : 0) | (access.contains("w") ? 4 : 0);
    }

    private void answer(int value) {
        emit(MOVE, 0, 0, 0, value);
        emit(EXIT, 0, 0, 0, 0);
    }

    private void emit(int code, int destination, int source, int offset, int immediate) {
        out.put((byte) code)
                .put((byte) (source << 4 | destination))
                .putShort((short) offset)
                .putInt(immediate);
    }
}
