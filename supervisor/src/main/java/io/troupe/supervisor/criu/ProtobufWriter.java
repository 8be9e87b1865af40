package io.troupe.supervisor.criu;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a protobuf message, field by field: the two wire types that CRIU's messages have. */
final class ProtobufWriter {
    private static final int VARINT = 0;
    private static final int BYTES = 2;
    private static final int TYPE_BITS = 3;
    private static final int MORE = 0x80;
    private static final int BITS = 7;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Writes an int32, uint32 or enumeration. */
    ProtobufWriter number(int field, int value) {
        key(field, VARINT);
        varint(value);
        return this;
    }

    ProtobufWriter flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    ProtobufWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufWriter message(int field, ProtobufWriter value) {
        return bytes(field, value.toBytes());
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private ProtobufWriter bytes(int field, byte[] value) {
        key(field, BYTES);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void key(int field, int type) {
        varint((long) field << TYPE_BITS | type);
    }

    /** Negative numbers take ten bytes: they are sign-extended to 64 bits. */
    private void varint(long value) {
        long rest = value;
        while ((rest & ~(MORE - 1L)) != 0) {
            out.write((int) (rest & (MORE - 1)) | MORE);
            rest >>>= BITS;
        }
        out.write((int) rest);
    }
}
