package io.troupe.syscall;

import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A struct sockaddr_un. A path is named through a descriptor of its directory, so that only the last component's length
 * matters.
 */
final class SocketAddress implements AutoCloseable {
    private static final int PATH_OFFSET = Short.BYTES;
    private static final int PATH_BYTES = 108;

    private final Memory memory;
    private final int length;

    private SocketAddress(byte[] name) {
        memory = new Memory(PATH_OFFSET + PATH_BYTES);
        memory.clear();
        memory.setShort(0, (short) SocketCalls.AF_UNIX);
        memory.write(PATH_OFFSET, name, 0, name.length);
        length = PATH_OFFSET + name.length;
    }

    /** {@code call} and {@code path} are for the message when the name is too long. */
    static SocketAddress beneath(Descriptor directory, Path path, String call) throws SyscallException {
        return of(directory.procPath() + "/" + path.getFileName() + "\0", path.toString(), call);
    }

    /** As sd_notify(3) gives it: a path, or {@code @} and an abstract name. */
    static SocketAddress ofText(String text, String call) throws SyscallException {
        return of(text.startsWith("@") ? "\0" + text.substring(1) : text + "\0", text, call);
    }

    private static SocketAddress of(String name, String subject, String call) throws SyscallException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > PATH_BYTES) {
            throw new SyscallException(call, subject, Errno.ENAMETOOLONG.number());
        }
        return new SocketAddress(bytes);
    }

    Memory memory() {
        return memory;
    }

    int length() {
        return length;
    }

    @Override
    public void close() {
        memory.close();
    }
}
