package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/**
 * Two named pipes by which a container is asked, and answers: so it is known to run, and whoever asks waits no longer than
 * it takes.
 */
record Pipes(Path directory) {

    static Pipes in(Path directory) {
        Call.of("mkfifo", "ask", "answer").in(directory).run().succeeds();
        return new Pipes(directory);
    }

    /**
     * {@return a line of shell that counts, in its memory alone, how often it was asked, and ends with 7 when it is asked
     * to stop}
     *
     * @param place where the container has the pipes, with a slash at the end
     */
    static String counter(String place) {
        return "exec 3<>%1$sask; echo up; n=0; while read word <&3; do [ $word = stop ] && exit 7; n=$((n+1)); "
                        .formatted(place)
                + "echo $n >%1$sanswer; done".formatted(place);
    }

    /** Has a counter count on, and answer. */
    void isAt(int expected) {
        assertThat(ask("on")).isEqualTo(Integer.toString(expected));
    }

    /** {@return the line with which a word is answered} */
    String ask(String word) {
        return Call.of("sh", "-c", "echo " + word + " >ask; exec head -n 1 answer")
                .in(directory)
                .run()
                .succeeds()
                .out()
                .strip();
    }

    /** Has a counter end. */
    void stop() {
        Call.of("sh", "-c", "echo stop >ask").in(directory).run().succeeds();
    }
}
