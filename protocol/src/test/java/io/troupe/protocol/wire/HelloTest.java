package io.troupe.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HelloTest {
    private static final Hello HELLO = new Hello(
            FrameType.PROTOCOL_VERSION,
            List.of("troupe", "run", "é"),
            "/w",
            List.of("TZ=UTC"),
            7,
            40_000,
            65_535,
            4026531837L,
            -2L);

    @Test
    void what_is_encoded_is_decoded() {
        assertThat(Hello.decode(HELLO.encode())).isEqualTo(HELLO);
    }

    @Test
    void every_shorter_frame_is_refused() {
        byte[] whole = HELLO.encode();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(FailureException.class)
                    .isThrownBy(() -> Hello.decode(part))
                    .withMessageContaining("cut short");
        }
    }

    @Test
    void a_longer_frame_is_refused() {
        byte[] whole = HELLO.encode();
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> Hello.decode(Arrays.copyOf(whole, whole.length + 3)))
                .withMessageStartingWith("client: 3 bytes follow its first words");
    }

    @Test
    void another_version_is_refused() {
        byte[] whole = HELLO.encode();
        whole[0] = 9;
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> Hello.decode(whole))
                .withMessageStartingWith("client: it speaks version 9 of the protocol, this supervisor version 2")
                .matches(e -> e.failure().code() == FailureCode.USAGE);
    }

    @Test
    void counts_and_lengths_beyond_the_frame_allocate_nothing() {
        byte[] whole = HELLO.encode();
        for (int at : new int[] {4, 8}) {
            byte[] wrong = whole.clone();
            Arrays.fill(wrong, at, at + 4, (byte) 0x7f);
            assertThatExceptionOfType(FailureException.class).isThrownBy(() -> Hello.decode(wrong));
            Arrays.fill(wrong, at, at + 4, (byte) 0xff);
            assertThatExceptionOfType(FailureException.class).isThrownBy(() -> Hello.decode(wrong));
        }
    }

    @Test
    void garbage_is_a_hello_or_a_failure_and_nothing_else() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = HELLO.encode();
            for (int n = random.nextInt(6); n >= 0; n--) {
                frame[4 + random.nextInt(frame.length - 4)] = (byte) random.nextInt();
            }
            try {
                assertThat(Hello.decode(frame).args()).isNotNull();
            } catch (FailureException e) {
                assertThat(e.failure().where()).isEqualTo("client");
            }
        }
    }

    @Test
    void frame_types_have_their_numbers() {
        for (FrameType type : FrameType.values()) {
            assertThat(FrameType.of(type.number())).contains(type);
        }
        assertThat(Arrays.stream(FrameType.values()).map(FrameType::number)).doesNotHaveDuplicates();
        assertThat(FrameType.of(0)).isEmpty();
        assertThat(FrameType.of(-1)).isEmpty();
    }
}
