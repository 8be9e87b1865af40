package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Memory that is written ahead of a checkpoint, elsewhere, or not at all until somebody fetches it. */
@RootTest
class CheckpointMemoryIT {
    private static final Path PIPES = Path.of("/proc/sys/fs/pipe-max-size");

    /** What CRIU asks for when it serves memory, rounded up by the kernel. */
    private static final long PIPE = 4 << 20;

    @BeforeAll
    static void criu_can_work_here() {
        Criu.assumeItWorks();
    }

    @Test
    void what_comes_first_is_its_memory_alone(Troupe troupe) {
        Criu.assumeFeature("mem_dirty_track");
        Counter counter = Counter.started(troupe, "parts");
        Path before = troupe.directory().resolve("before");

        troupe.run("checkpoint", "--pre-dump", "--image-path", before.toString(), "parts")
                .succeeds();
        assertThat(troupe.status("parts")).isEqualTo("running");
        counter.checkpoint("--parent-path", "../before").succeeds();

        assertThat(counter.images().resolve("parent")).isSymbolicLink();
        counter.restore().succeeds();
        counter.isAt(2);
        counter.end();
    }

    @Test
    void memory_that_is_not_tracked_is_told(Troupe troupe) {
        Assumptions.assumeFalse(Criu.hasFeature("mem_dirty_track"), "this kernel tracks changes of memory");
        Counter counter = Counter.started(troupe, "untracked");

        assertThat(counter.checkpoint("--pre-dump").failsWithOneLine().err())
                .contains("the kernel does not track changes of memory");
        counter.end();
    }

    @Test
    void a_page_server_has_its_memory(Troupe troupe) throws IOException {
        Counter counter = Counter.started(troupe, "elsewhere");
        Path pages = Files.createDirectory(troupe.directory().resolve("pages"));

        new Call(script("""
                criu page-server --images-dir . --port $PORT --status-fd 4 -o server.log 2>server.err &
                head -c 1 <&3 >/dev/null
                $TROUPE checkpoint --page-server 127.0.0.1:$PORT --image-path $IMAGES elsewhere
                wait $!
                """)).with(variables(troupe, counter)).in(pages).run().succeeds();

        assertThat(pages).isDirectoryContaining("glob:**/pages-*.img");
        assertThat(counter.images()).isDirectoryNotContaining("glob:**/pages-*.img");
        Call.of("sh", "-c", "cp pages-*.img pagemap-*.img " + counter.images())
                .in(pages)
                .run()
                .succeeds();
        counter.restore().succeeds();
        counter.isAt(2);
        counter.end();
    }

    @Test
    void its_memory_is_fetched_when_it_runs_elsewhere(Troupe troupe) throws IOException {
        Criu.assumeFeature("uffd-noncoop");
        Assumptions.assumeTrue(
                Host.mayRaiseLimits() || Long.parseLong(Host.lines(PIPES).getFirst()) >= PIPE,
                "CRIU needs pipes of " + PIPE + " bytes: raise " + PIPES);
        Counter counter = Counter.started(troupe, "lazy");
        Path work = Files.createDirectory(troupe.directory().resolve("lazy-work"));

        new Call(script("""
                $TROUPE checkpoint --lazy-pages --page-server 127.0.0.1:$PORT --status-fd 4 --image-path $IMAGES lazy &
                checkpoint=$!
                head -c 1 <&3 | od -An -tx1
                $TROUPE state lazy | grep -q running
                criu lazy-pages --page-server --address 127.0.0.1 --port $PORT --images-dir $IMAGES --work-dir . \\
                    --status-fd 4 -o server.log 2>server.err &
                head -c 1 <&3 >/dev/null
                $TROUPE restore --detach --lazy-pages --bundle $BUNDLE --image-path $IMAGES --work-path . lazy2 >/dev/null
                wait $checkpoint
                wait $!
                """)).with(variables(troupe, counter)).in(work).run().succeeds();

        assertThat(troupe.ids()).containsExactly("lazy2");
        assertThat(troupe.run("history", "lazy").succeeds().out())
                .contains("and end when their memory has been fetched", "was killed by SIGKILL [because of 5]");
        Counter moved = new Counter(troupe, "lazy2", counter.bundle());
        moved.isAt(2);
        moved.end();
    }

    @Test
    void memory_that_cannot_be_served_stays_where_it_is_used(Troupe troupe) {
        Criu.assumeFeature("uffd-noncoop");
        Counter counter = Counter.started(troupe, "kept");

        assertThat(counter.checkpoint("--lazy-pages", "--page-server", "nowhere:9")
                        .failsWithOneLine()
                        .err())
                .contains("cannot checkpoint: CRIU: Invalid server address \"nowhere\"");

        counter.isAt(2);
        assertThat(troupe.run("history", "kept").succeeds().out())
                .contains("not all memory of its processes was fetched", "and they go on");
        counter.end();
    }

    @Test
    void who_is_to_be_told_must_be_there(Troupe troupe) {
        Counter counter = Counter.started(troupe, "untold");

        assertThat(counter.checkpoint("--lazy-pages", "--page-server", "127.0.0.1:9", "--status-fd", "77")
                        .failsWithOneLine()
                        .err())
                .contains("use descriptor 77: the caller has not opened it: Bad file descriptor (EBADF)");
        assertThat(counter.checkpoint("--lazy-pages", "--page-server", "127.0.0.1:9", "--status-fd", "0")
                        .failsWithOneLine()
                        .err())
                .contains("use descriptor 0: the caller has not opened it for writing");
        counter.end();
    }

    /** Who is ready says so by descriptor 4, and is heard by descriptor 3. */
    private static List<String> script(String lines) {
        return List.of("sh", "-ec", "mkfifo ready; exec 3<>ready 4>ready\n" + lines);
    }

    private static Map<String, String> variables(Troupe troupe, Counter counter) throws IOException {
        Map<String, String> variables = new HashMap<>(troupe.environment());
        variables.put("TROUPE", Troupe.BINARY.toString());
        variables.put("IMAGES", counter.images().toString());
        variables.put("BUNDLE", counter.bundle().path().toString());
        try (ServerSocket free = new ServerSocket(0)) {
            variables.put("PORT", Integer.toString(free.getLocalPort()));
        }
        return variables;
    }
}
