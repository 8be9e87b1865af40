package io.troupe.protocol.wire;

import java.util.Optional;

/** Types of frames; numbers and payloads as in {@code contract.h}. */
public enum FrameType {
    HELLO(1),
    PID(2),
    READY(3),
    STARTED(4),
    FAILED(5),
    EXITED(6),
    DONE(7),
    WARNING(8),
    HANGUP(9),
    CHANNEL(10),
    OUT(64),
    ERR(65),
    EXIT(66),
    LAUNCH(67),
    ADOPT(68),
    SCOPED(69),
    HEIR(70),
    MASTER(71),
    LEAVING(72);

    /** The version of all this that {@link Hello} carries. */
    public static final int PROTOCOL_VERSION = 2;

    /** Bytes before a frame's payload: u32 length, u16 type, u16 descriptors. */
    public static final int HEADER_BYTES = 8;

    /** Longest payload that a supervisor accepts. */
    public static final int MAX_TO_SUPERVISOR = 1 << 20;

    /** Longest payload that a client accepts. */
    public static final int MAX_TO_CLIENT = 16 << 20;

    /** Most descriptors with one frame. */
    public static final int MAX_DESCRIPTORS = 4;

    private final int number;

    FrameType(int number) {
        this.number = number;
    }

    /** {@return the number on the wire} */
    public int number() {
        return number;
    }

    /** {@return the type with this number, if there is one} */
    public static Optional<FrameType> of(int number) {
        for (FrameType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
