package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.wire.FrameType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Frame READY = new Frame(FrameType.READY, new byte[0], List.of());

    private final Mailbox mailbox = new Mailbox();

    @Test
    void frames_are_taken_in_order_also_after_the_client_left() throws Exception {
        mailbox.put(READY);
        mailbox.close("it closed");
        assertThat(mailbox.take("client", LONG)).isSameAs(READY);
        assertThatThrownBy(() -> mailbox.take("client", LONG))
                .isInstanceOf(ClientGone.class)
                .hasMessage("it closed");
    }

    @Test
    void who_waits_for_an_answer_hears_that_the_client_left() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = executor.submit(() -> {
                assertThatThrownBy(() -> mailbox.await(new CompletableFuture<>(), "x", LONG))
                        .isInstanceOf(ClientGone.class);
                return true;
            });
            mailbox.close("it closed");
            assertThat(waiting.get()).isTrue();
        }
    }

    @Test
    void an_answer_that_is_there_is_given_even_if_the_client_left() throws Exception {
        mailbox.close("it closed");
        assertThat(mailbox.await(CompletableFuture.completedFuture("yes"), "x", LONG))
                .isEqualTo("yes");
    }

    @Test
    void a_failed_answer_is_the_failure_itself() {
        FailureException failure = new FailureException(FailureCode.NOT_FOUND, "w", "it is not there", "");
        assertThatThrownBy(() -> mailbox.await(CompletableFuture.failedFuture(failure), "x", LONG))
                .isSameAs(failure);
    }

    @Test
    void waiting_ends_at_its_deadline() {
        assertThatThrownBy(() -> mailbox.take("client", Duration.ofMillis(1)))
                .hasMessage("client: no answer within 0 s. Try again");
    }

    @Test
    void a_client_cannot_fill_the_memory() {
        int taken = 0;
        while (mailbox.put(READY)) {
            taken++;
        }
        assertThat(taken).isEqualTo(64);
    }
}
