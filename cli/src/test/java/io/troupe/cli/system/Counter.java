package io.troupe.cli.system;

import java.nio.file.Path;

/** A container that counts how often it was asked, with the pipes for that in its root file system. */
record Counter(Troupe troupe, String id, Bundle bundle) {
    /** A bundle for one, which may be changed before it starts. */
    static Bundle bundle(Troupe troupe) {
        return bundle(troupe, Pipes.counter("/"));
    }

    /** {@return a bundle for a shell that answers like one} */
    static Bundle bundle(Troupe troupe, String line) {
        Bundle bundle = Bundle.shell(troupe.directory(), line);
        Pipes.in(bundle.rootfs());
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
        pipes().isAt(expected);
    }

    /** {@return the line with which it answers a word, once it runs} */
    String ask(String word) {
        return pipes().ask(word);
    }

    /** Has its program end with 7. */
    void stop() {
        pipes().stop();
    }

    /** The same, and nothing is left of it. */
    void end() {
        stop();
        troupe.endedWith(id, 7);
        troupe.run("delete", id).succeeds();
        troupe.verifiesClean();
    }

    private Pipes pipes() {
        return new Pipes(bundle.rootfs());
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
