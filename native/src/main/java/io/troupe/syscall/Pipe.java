package io.troupe.syscall;

import com.sun.jna.Native;

/**
 * A pipe, close-on-exec. Whoever has it closes both ends.
 *
 * @param reading hangs up once nobody has the other end any more
 * @param writing may be passed on
 */
public record Pipe(Descriptor reading, Descriptor writing) implements AutoCloseable {

    /** {@return a new one} */
    public static Pipe open() throws SyscallException {
        int[] ends = new int[2];
        if (DescriptorCalls.pipe2(ends, DescriptorCalls.O_CLOEXEC) < 0) {
            throw new SyscallException("pipe2(2)", "a pipe", Native.getLastError());
        }
        return new Pipe(new Descriptor(ends[0]), new Descriptor(ends[1]));
    }

    @Override
    public void close() {
        writing.close();
        reading.close();
    }
}
