package io.troupe.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A struct msghdr with one struct iovec and room for the descriptors of one SCM_RIGHTS message and
 * for SCM_CREDENTIALS (recvmsg(2), cmsg(3), unix(7)).
 * Layout of x86-64 and aarch64: both have 8 byte pointers and sizes.
 */
final class Message implements AutoCloseable {
    /** Most descriptors that one message carries here; the kernel would take 253. */
    static final int MAX_DESCRIPTORS = 8;

    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int VECTOR = 56;
    private static final int RIGHTS = 72;
    private static final int RIGHTS_HEADER = 16;
    private static final int RIGHTS_SPACE = RIGHTS_HEADER + MAX_DESCRIPTORS * Integer.BYTES;
    private static final int CREDENTIALS_HEADER = 16;
    private static final int CREDENTIALS_BYTES = 3 * Integer.BYTES;
    private static final int CREDENTIALS_SPACE = 32;
    private static final int DATA = RIGHTS + RIGHTS_SPACE + CREDENTIALS_SPACE;

    private final Memory memory;
    private final int capacity;

    private Message(int capacity) {
        this.capacity = capacity;
        memory = new Memory((long) DATA + capacity);
        memory.clear(DATA);
        memory.setPointer(IOV, memory.share(VECTOR));
        memory.setLong(IOV_COUNT, 1);
        memory.setPointer(VECTOR, memory.share(DATA));
        memory.setLong(VECTOR + Long.BYTES, capacity);
    }

    static Message toReceive(int capacity) {
        Message message = new Message(capacity);
        message.control(RIGHTS_SPACE);
        return message;
    }

    static Message toSend(byte[] bytes, int offset, int length, List<Descriptor> descriptors) {
        return toSend(bytes, offset, length, descriptors, null);
    }

    /**
     * @param as who is said to send it (SCM_CREDENTIALS); null for this process, which the kernel says itself
     */
    static Message toSend(
            byte[] bytes, int offset, int length, List<Descriptor> descriptors, UnixChannel.@Nullable Credentials as) {
        Message message = new Message(length);
        message.memory.write(DATA, bytes, offset, length);
        long end = message.attach(descriptors);
        if (as != null) {
            message.attach(as, end);
        }
        return message;
    }

    Pointer pointer() {
        return memory;
    }

    void copyData(byte[] into, int count) {
        memory.read(DATA, into, 0, Math.min(count, capacity));
    }

    /** Takes over the descriptors that came; true if the kernel had to leave some out. */
    boolean takeDescriptors(List<Descriptor> into) {
        long end = RIGHTS + memory.getLong(CONTROL_LENGTH);
        long at = RIGHTS;
        while (at + RIGHTS_HEADER <= end) {
            long length = memory.getLong(at);
            if (length < RIGHTS_HEADER) {
                break;
            }
            if (isRights(at)) {
                takeNumbers(at + RIGHTS_HEADER, (int) (length - RIGHTS_HEADER) / Integer.BYTES, into);
            }
            at += aligned(length);
        }
        return (memory.getInt(FLAGS) & SocketCalls.MSG_CTRUNC) != 0;
    }

    @Override
    public void close() {
        memory.close();
    }

    private boolean isRights(long at) {
        return memory.getInt(at + Long.BYTES) == SocketCalls.SOL_SOCKET
                && memory.getInt(at + Long.BYTES + Integer.BYTES) == SocketCalls.SCM_RIGHTS;
    }

    private void takeNumbers(long at, int count, List<Descriptor> into) {
        for (int index = 0; index < count; index++) {
            into.add(new Descriptor(memory.getInt(at + (long) index * Integer.BYTES)));
        }
    }

    /** {@return how many bytes of control data there are now} */
    private long attach(List<Descriptor> descriptors) {
        if (descriptors.isEmpty()) {
            return 0;
        }
        if (descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(descriptors.size() + " descriptors in one message");
        }
        int length = RIGHTS_HEADER + descriptors.size() * Integer.BYTES;
        control(aligned(length));
        memory.setLong(RIGHTS, length);
        memory.setInt(RIGHTS + Long.BYTES, SocketCalls.SOL_SOCKET);
        memory.setInt(RIGHTS + Long.BYTES + Integer.BYTES, SocketCalls.SCM_RIGHTS);
        for (int index = 0; index < descriptors.size(); index++) {
            long at = RIGHTS + RIGHTS_HEADER + (long) index * Integer.BYTES;
            memory.setInt(at, descriptors.get(index).number());
        }
        return aligned(length);
    }

    private void attach(UnixChannel.Credentials as, long end) {
        long at = RIGHTS + end;
        control(end + CREDENTIALS_SPACE);
        memory.setLong(at, CREDENTIALS_HEADER + CREDENTIALS_BYTES);
        memory.setInt(at + Long.BYTES, SocketCalls.SOL_SOCKET);
        memory.setInt(at + Long.BYTES + Integer.BYTES, SocketCalls.SCM_CREDENTIALS);
        memory.setInt(at + CREDENTIALS_HEADER, as.pid());
        memory.setInt(at + CREDENTIALS_HEADER + Integer.BYTES, as.uid());
        memory.setInt(at + CREDENTIALS_HEADER + 2L * Integer.BYTES, as.gid());
    }

    private void control(long length) {
        memory.setPointer(CONTROL, memory.share(RIGHTS));
        memory.setLong(CONTROL_LENGTH, length);
    }

    /** CMSG_ALIGN. */
    private static long aligned(long length) {
        return (length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }
}
