/**
 * Frames between the native client and the supervisor: types, and the client's first words.
 *
 * <p>Read {@link io.troupe.protocol.wire.FrameType}, then {@link io.troupe.protocol.wire.Hello}. The other side is
 * {@code native/src/main/c/contract.h}. Uses {@code protocol} only.
 */
@NullMarked
package io.troupe.protocol.wire;

import org.jspecify.annotations.NullMarked;
