package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.supervisor.bundle.Resources.DeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs generated programs in an interpreter of the few instructions that they have. */
class DeviceProgramTest {
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final DeviceRule DENY_ALL = new DeviceRule(false, 'a', -1, -1, "rwm");

    @Test
    void without_rules_all_is_denied() {
        assertThat(run(List.of(), 'c', 1, 3, READ)).isZero();
    }

    @Test
    void the_last_rule_that_speaks_of_a_device_decides() {
        List<DeviceRule> rules = List.of(DENY_ALL, new DeviceRule(true, 'c', 1, 3, "rw"));
        assertThat(run(rules, 'c', 1, 3, READ | WRITE)).isOne();
        assertThat(run(rules, 'c', 1, 3, MKNOD)).isZero();
        assertThat(run(rules, 'b', 1, 3, READ)).isZero();
        assertThat(run(rules, 'c', 1, 4, READ)).isZero();
        assertThat(run(rules.reversed(), 'c', 1, 3, READ)).isZero();
    }

    @Test
    void rules_that_each_allow_a_part_allow_the_whole() {
        List<DeviceRule> rules = List.of(new DeviceRule(true, 'c', 5, -1, "r"), new DeviceRule(true, 'c', 5, 1, "w"));
        assertThat(run(rules, 'c', 5, 1, READ | WRITE)).isOne();
        assertThat(run(rules, 'c', 5, 2, READ | WRITE)).isZero();
    }

    @Test
    void a_rule_that_denies_a_part_denies_the_whole() {
        List<DeviceRule> rules =
                List.of(new DeviceRule(true, 'a', -1, -1, "rwm"), new DeviceRule(false, 'b', 8, -1, "w"));
        assertThat(run(rules, 'b', 8, 1, READ | WRITE)).isZero();
        assertThat(run(rules, 'b', 8, 1, READ)).isOne();
    }

    private static int run(List<DeviceRule> rules, char type, int major, int minor, int access) {
        ByteBuffer code = ByteBuffer.wrap(DeviceProgram.of(rules).bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int[] context = {access << 16 | (type == 'b' ? 1 : 2), major, minor};
        long[] register = new long[11];
        for (int at = 0; ; at++) {
            int op = code.get(at * 8) & 0xff;
            int to = code.get(at * 8 + 1) & 0xf;
            int from = code.get(at * 8 + 1) >> 4 & 0xf;
            int offset = code.getShort(at * 8 + 2);
            long value = code.getInt(at * 8 + 4);
            switch (op) {
                case 0x61 -> register[to] = context[offset / 4] & 0xffffffffL;
                case 0xb7 -> register[to] = value;
                case 0xbf -> register[to] = register[from];
                case 0x57 -> register[to] &= value;
                case 0x77 -> register[to] >>>= value;
                case 0x55 -> at += register[to] == value ? 0 : offset;
                case 0x15 -> at += register[to] == value ? offset : 0;
                case 0x95 -> {
                    return (int) register[0];
                }
                default -> throw new AssertionError("instruction 0x" + Integer.toHexString(op));
            }
        }
    }
}
