package io.troupe.protocol.wire;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's first words.
 *
 * @param args argv with the program's name
 * @param cwd its working directory
 * @param environment {@code NAME=value} of the variables that matter
 * @param terminals bit n is set if descriptor n is a terminal
 * @param rows height of its terminal, 0 if it has none
 * @param columns width likewise
 * @param userNamespace inode number of its user namespace; 0 where it does not know
 * @param mountNamespace likewise
 */
public record Hello(
        int version,
        List<String> args,
        String cwd,
        List<String> environment,
        int terminals,
        int rows,
        int columns,
        long userNamespace,
        long mountNamespace) {

    public Hello {
        args = List.copyOf(args);
        environment = List.copyOf(environment);
    }

    /** {@return the value of a variable; null without it} */
    public @Nullable String variable(String name) {
        return environment.stream()
                .filter(variable -> variable.startsWith(name + "="))
                .map(variable -> variable.substring(name.length() + 1))
                .findFirst()
                .orElse(null);
    }

    /**
     * Reads the payload of a {@link FrameType#HELLO}.
     *
     * @throws FailureException USAGE, if it is cut short, too long, or of another version
     */
    public static Hello decode(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int version = in.getInt();
            if (version != FrameType.PROTOCOL_VERSION) {
                throw refused("it speaks version " + version + " of the protocol, this supervisor version "
                        + FrameType.PROTOCOL_VERSION);
            }
            Hello hello = new Hello(
                    version,
                    strings(in),
                    string(in),
                    strings(in),
                    in.getInt(),
                    in.getShort() & 0xffff,
                    in.getShort() & 0xffff,
                    in.getLong(),
                    in.getLong());
            if (in.hasRemaining()) {
                throw refused(in.remaining() + " bytes follow its first words");
            }
            return hello;
        } catch (BufferUnderflowException _) {
            throw refused("its first words are cut short");
        }
    }

    /** {@return the payload of a {@link FrameType#HELLO}} */
    public byte[] encode() {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        put(out, version);
        put(out, args);
        put(out, cwd);
        put(out, environment);
        put(out, terminals);
        out.write(rows);
        out.write(rows >>> 8);
        out.write(columns);
        out.write(columns >>> 8);
        put(out, userNamespace);
        put(out, mountNamespace);
        return out.toByteArray();
    }

    private static List<String> strings(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / Integer.BYTES) {
            throw new BufferUnderflowException();
        }
        List<String> out = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            out.add(string(in));
        }
        return out;
    }

    private static String string(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void put(java.io.ByteArrayOutputStream out, int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(value >>> shift);
        }
    }

    private static void put(java.io.ByteArrayOutputStream out, long value) {
        put(out, (int) value);
        put(out, (int) (value >>> Integer.SIZE));
    }

    private static void put(java.io.ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        put(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void put(java.io.ByteArrayOutputStream out, List<String> texts) {
        put(out, texts.size());
        texts.forEach(text -> put(out, text));
    }

    private static FailureException refused(String what) {
        return new FailureException(
                FailureCode.USAGE, "client", what, "Use the troupe command of the same distribution");
    }
}
