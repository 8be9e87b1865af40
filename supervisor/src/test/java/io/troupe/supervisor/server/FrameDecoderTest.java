package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.wire.FrameType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    private final FrameDecoder decoder = new FrameDecoder();

    @Test
    void frames_come_out_whole_however_they_come_in() {
        byte[] two = join(frame(3, 0, new byte[0]), frame(6, 0, new byte[] {7, 0, 0, 0}));
        for (byte one : two) {
            decoder.feed(new byte[] {one}, 1, List.of());
        }
        assertThat(decoder.next()).hasValueSatisfying(f -> assertThat(f.type()).isEqualTo(FrameType.READY));
        assertThat(decoder.next())
                .hasValueSatisfying(f -> assertThat(f.number()).isEqualTo(7));
        assertThat(decoder.next()).isEmpty();
    }

    @Test
    void a_failure_names_its_step() {
        byte[] detail = "exited with status 3".getBytes(StandardCharsets.UTF_8);
        feed(frame(
                5,
                0,
                ByteBuffer.allocate(16 + detail.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(2)
                        .putInt(4)
                        .putInt(0)
                        .putInt(detail.length)
                        .put(detail)
                        .array()));
        assertThat(decoder.next().orElseThrow().failure())
                .isEqualTo(new StepFailure(LaunchPlan.Section.AFTER, 4, 0, "exited with status 3"));
    }

    @Test
    void garbage_is_refused_in_words() {
        feed(frame(999, 0, new byte[0]));
        assertThatThrownBy(decoder::next)
                .isInstanceOf(FailureException.class)
                .hasMessage(
                        "client: it sent a frame of unknown type 999. Use the troupe command of the same distribution");
    }

    @Test
    void a_frame_that_is_too_long_is_refused_before_it_is_read() {
        feed(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(-1)
                .putShort((short) 1)
                .array());
        assertThatThrownBy(decoder::next).hasMessageContaining("a frame of 4294967295 bytes; 1048576 is the most");
    }

    @Test
    void announced_descriptors_must_come() {
        feed(frame(2, 1, new byte[4]));
        assertThatThrownBy(decoder::next).hasMessageContaining("it announced 1 descriptors and sent 0");
        FrameDecoder other = new FrameDecoder();
        byte[] many = frame(2, 5, new byte[4]);
        other.feed(many, many.length, List.of());
        assertThatThrownBy(other::next).hasMessageContaining("a frame with 5 descriptors; 4 is the most");
    }

    @Test
    void a_payload_cut_short_is_refused() {
        feed(frame(5, 0, new byte[3]));
        Frame frame = decoder.next().orElseThrow();
        assertThatThrownBy(frame::failure).hasMessageContaining("its FAILED frame is cut short");
    }

    private void feed(byte[] bytes) {
        decoder.feed(bytes, bytes.length, List.of());
    }

    private static byte[] frame(int type, int descriptors, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putShort((short) type)
                .putShort((short) descriptors)
                .put(payload)
                .array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
