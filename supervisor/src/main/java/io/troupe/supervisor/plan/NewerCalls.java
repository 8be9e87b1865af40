package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import io.troupe.supervisor.bundle.SeccompProfile;
import io.troupe.syscall.Errno;
import io.troupe.syscall.Seccomp;
import io.troupe.syscall.Seccomp.Known;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What stands before a filter, so that system calls newer than its profile fail with ENOSYS, as on an older kernel, and not
 * with the profile's error: programs then take the older call. Newer than the profile is what has a higher number than any
 * call that it names, as for runc. A profile that lets pass what it does not name needs none of it.
 */
final class NewerCalls {
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_GREATER = 0x25;
    private static final int JUMP_BITS = 0x45;
    private static final int RETURN = 0x06;
    /** Offsets in struct seccomp_data. */
    private static final int NUMBER_AT = 0;

    private static final int ARCHITECTURE_AT = 4;
    private static final int AUDIT_ARCH_X86_64 = 0xc000003e;
    private static final int X32_BIT = 0x4000_0000;
    private static final int INSTRUCTION = 8;
    private static final int MOST_OF_ONE = 6;

    private final ByteBuffer out;

    private NewerCalls(int room) {
        out = ByteBuffer.allocate(room).order(ByteOrder.nativeOrder());
    }

    /** {@return whether the profile stops what it does not name, other than by ENOSYS} */
    static boolean applies(SeccompProfile profile) {
        return switch (profile.defaultAction()) {
            case ALLOW, LOG, TRACE -> false;
            case ERRNO -> !Integer.valueOf(Errno.ENOSYS.number()).equals(profile.defaultErrnoRet());
            case KILL_THREAD, KILL_PROCESS, TRAP, NOTIFY -> true;
        };
    }

    /** {@return the filter with a test for each architecture before it} */
    static Bytecode before(byte[] filter, List<Known> architectures) {
        NewerCalls program = new NewerCalls(architectures.size() * MOST_OF_ONE * INSTRUCTION + filter.length);
        architectures.forEach(program::test);
        program.out.put(filter);
        byte[] bytes = new byte[program.out.position()];
        program.out.flip().get(bytes);
        return new Bytecode(bytes);
    }

    private void test(Known known) {
        boolean x32 = known.token() == Known.X32;
        int architecture = x32 ? AUDIT_ARCH_X86_64 : known.token();
        boolean shared = architecture == AUDIT_ARCH_X86_64;
        instruction(LOAD_WORD, 0, 0, ARCHITECTURE_AT);
        instruction(JUMP_EQUAL, 0, shared ? 4 : 3, architecture);
        instruction(LOAD_WORD, 0, 0, NUMBER_AT);
        if (shared) {
            instruction(JUMP_BITS, x32 ? 0 : 2, x32 ? 2 : 0, X32_BIT);
        }
        instruction(JUMP_GREATER, 0, 1, known.largest());
        instruction(RETURN, 0, 0, Seccomp.Action.errno(Errno.ENOSYS.number()).value());
    }

    private void instruction(int code, int yes, int no, int constant) {
        out.putShort((short) code).put((byte) yes).put((byte) no).putInt(constant);
    }
}
