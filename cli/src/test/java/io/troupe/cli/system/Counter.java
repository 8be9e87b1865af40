package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/**
 * A container that counts how often it was asked, in its memory alone. It is asked, and answers, by named pipes in its root
 * file system: so it is known to run, and whoever asks waits no longer than it takes.
 */
record Counter(Troupe troupe, String id, Bundle bundle) {
    private static final String PROGRAM = "exec 3<>/ask; n=0; while read word <&3; do [ $word = stop ] && exit 7; "
            + "n=$((n+1)); echo $n >/answer; done";

    /** A bundle for one, which may be changed before it starts. */
    static Bundle bundle(Troupe troupe) {
        return bundle(troupe, PROGRAM);
    }

    /** {@return a bundle for a shell that answers like one} */
    static Bundle bundle(Troupe troupe, String line) {
        Bundle bundle = Bundle.shell(troupe.directory(), line);
        Call.of(
                        "mkfifo",
                        bundle.rootfs().resolve("ask").toString(),
                        bundle.rootfs().resolve("answer").toString())
                .run()
                .succeeds();
        return bundle;
    }

    /** Starts one that has counted to 1. */
    static Counter started(Troupe troupe, String id) {
        return started(troupe, id, bundle(troupe));
    }

    static Counter started(Troupe troupe, String id, Bundle bundle) {
        Criu.silently(troupe, "run", "--detach", "--bundle", bundle.path().toString(), id)
                .succeeds();
        Counter counter = new Counter(troupe, id, bundle);
        counter.isAt(1);
        return counter;
    }

    /** Has it count on, and answer. */
    void isAt(int expected) {
        assertThat(ask("on")).isEqualTo(Integer.toString(expected));
    }

    /** {@return the line with which it answers a word, once it runs} */
    String ask(String word) {
        return Call.of("sh", "-c", "echo " + word + " >ask; exec head -n 1 answer")
                .in(bundle.rootfs())
                .run()
                .succeeds()
                .out()
                .strip();
    }

    /** Has its program end with 7. */
    void stop() {
        Call.of("sh", "-c", "echo stop >ask").in(bundle.rootfs()).run().succeeds();
    }

    /** The same, and nothing is left of it. */
    void end() {
        stop();
        troupe.endedWith(id, 7);
        troupe.run("delete", id).succeeds();
        troupe.verifiesClean();
    }

    /** {@return where its images are to be} */
    Path images() {
        return troupe.directory().resolve("images-" + id);
    }

    Result checkpoint(String... options) {
        return Criu.call(troupe, "checkpoint", images(), options, id).run();
    }

    /** Restores it in the background, with standard streams that go nowhere. */
    Result restore(String... options) {
        return Criu.restore(troupe, id, bundle, images(), options);
    }
}
