package io.troupe.supervisor.criu;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads a protobuf message: of a field that is there twice the last one counts, as its specification says. */
final class ProtobufReader {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;
    private static final int TYPE_BITS = 3;
    private static final int MORE = 0x80;
    private static final int BITS = 7;

    private final Map<Integer, Long> numbers = new HashMap<>();
    private final Map<Integer, byte[]> bytes = new HashMap<>();

    /**
     * Reads all of a message.
     *
     * @throws IllegalArgumentException if it is none
     */
    ProtobufReader(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        try {
            while (in.hasRemaining()) {
                field(in);
            }
        } catch (BufferUnderflowException _) {
            throw new IllegalArgumentException("the message is cut short");
        }
    }

    boolean has(int field) {
        return numbers.containsKey(field) || bytes.containsKey(field);
    }

    /** {@return an int32, uint32 or enumeration; 0 if it is not there} */
    int number(int field) {
        return numbers.getOrDefault(field, 0L).intValue();
    }

    /** {@return a string; "" if it is not there} */
    String text(int field) {
        return new String(bytes.getOrDefault(field, new byte[0]), StandardCharsets.UTF_8);
    }

    /** {@return a message in this one; an empty one if it is not there} */
    ProtobufReader message(int field) {
        return new ProtobufReader(bytes.getOrDefault(field, new byte[0]));
    }

    private void field(ByteBuffer in) {
        long key = varint(in);
        int field = (int) (key >>> TYPE_BITS);
        switch ((int) (key & (1 << TYPE_BITS) - 1)) {
            case VARINT -> numbers.put(field, varint(in));
            case BYTES -> bytes.put(field, take(in));
            case FIXED_64 -> in.getLong();
            case FIXED_32 -> in.getInt();
            default -> throw new IllegalArgumentException("field " + field + " is of no known type");
        }
    }

    private static byte[] take(ByteBuffer in) {
        long length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("the message is cut short");
        }
        byte[] taken = new byte[(int) length];
        in.get(taken);
        return taken;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += BITS) {
            byte next = in.get();
            value |= (long) (next & (MORE - 1)) << shift;
            if ((next & MORE) == 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }
}
