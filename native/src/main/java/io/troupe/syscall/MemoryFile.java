package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;

/** A file without a name that nobody can change any more ({@code memfd_create(2)}, sealed). Owns its descriptor. */
public final class MemoryFile implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int ALL_SEALS =
            FileCalls.F_SEAL_SEAL | FileCalls.F_SEAL_SHRINK | FileCalls.F_SEAL_GROW | FileCalls.F_SEAL_WRITE;

    private final Descriptor descriptor;

    private MemoryFile(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Makes an executable file and seals it.
     *
     * @param name as it shows in /proc/PID/exe after {@code /memfd:}
     */
    public static MemoryFile sealed(String name, byte[] contents) throws SyscallException {
        Descriptor file = create(name);
        try {
            writeAll(file, contents, name);
            if (DescriptorCalls.fcntl(file.number(), FileCalls.F_ADD_SEALS, ALL_SEALS) < 0) {
                throw new SyscallException("fcntl(2) F_ADD_SEALS", "memfd " + name, Native.getLastError());
            }
            return new MemoryFile(file);
        } catch (SyscallException problem) {
            file.close();
            throw problem;
        }
    }

    /** {@return the descriptor, for passing it on; it stays this object's} */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    /** A kernel before 6.3 does not know MFD_EXEC, answers EINVAL, and makes every memfd executable. */
    private static Descriptor create(String name) throws SyscallException {
        int flags = FileCalls.MFD_CLOEXEC | FileCalls.MFD_ALLOW_SEALING;
        int number = FileCalls.memfd_create(name, flags | FileCalls.MFD_EXEC);
        if (number < 0 && Errno.of(Native.getLastError()) == Errno.EINVAL) {
            number = FileCalls.memfd_create(name, flags);
        }
        if (number < 0) {
            throw new SyscallException("memfd_create(2)", name, Native.getLastError());
        }
        return new Descriptor(number);
    }

    private static void writeAll(Descriptor file, byte[] contents, String name) throws SyscallException {
        try (Memory chunk = new Memory(CHUNK_BYTES)) {
            for (int done = 0; done < contents.length; ) {
                int wanted = Math.min(CHUNK_BYTES, contents.length - done);
                chunk.write(0, contents, done, wanted);
                long written = DescriptorCalls.write(file.number(), chunk, wanted);
                if (written < 0) {
                    throw new SyscallException("write(2)", "memfd " + name, Native.getLastError());
                }
                done += (int) written;
            }
        }
    }
}
