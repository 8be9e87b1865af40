package io.troupe.supervisor.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.Peer;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallerWordsTest {
    private static final Peer PEER = new Peer(0, 0, 42, "");

    @Test
    void the_words_are_kept() {
        assertThat(words("troupe", "kill", "web1", "TERM")).isEqualTo("troupe kill web1 TERM");
        assertThat(words("troupe", "--root=/r", "state", "web1")).isEqualTo("troupe --root=/r state web1");
    }

    @Test
    void values_of_variables_are_not() {
        assertThat(words("troupe", "run", "-e", "PASSWORD=hunter2", "-eTOKEN=abc", "--env=KEY=k=v", "web1"))
                .isEqualTo("troupe run -e PASSWORD=*** -eTOKEN=*** --env=KEY=*** web1");
    }

    @Test
    void long_ones_are_cut() {
        assertThat(words("x".repeat(2000))).hasSize(512);
    }

    private static String words(String... args) {
        return CallerWords.named(PEER, List.of(args)).commandLine();
    }
}
