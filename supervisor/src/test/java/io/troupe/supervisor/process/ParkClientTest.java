package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.EventLoop;
import io.troupe.syscall.Pidfd;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real park, which the native module has built, and real processes; needs no root. */
class ParkClientTest {
    private static final Path BINARY = Path.of("../native/target/bin/troupe").toAbsolutePath();
    private static final int KILLED = 9;

    @TempDir
    Path directory;

    private EventLoop loop;
    private ParkClient client;

    @BeforeEach
    void open() throws IOException {
        loop = new EventLoop("test", problem -> {
            throw new AssertionError(problem);
        });
        client = next();
    }

    /** A park that keeps something is let go of by the removal of its socket. */
    @AfterEach
    void close() throws Exception {
        ProcessHandle park = park().orElse(null);
        client.close();
        loop.close();
        Files.deleteIfExists(socket());
        if (park != null) {
            park.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    private Path socket() {
        return directory.resolve("park.sock");
    }

    private ParkClient next() {
        return new ParkClient(BINARY, socket(), loop);
    }

    private void restart() {
        client.close();
        client = next();
    }

    private Optional<ProcessHandle> park() {
        return client.pid().isPresent() ? ProcessHandle.of(client.pid().getAsInt()) : Optional.empty();
    }

    private void put(Child child) throws IOException {
        try (Pidfd pidfd = child.pidfd()) {
            client.put(child.identity(), pidfd);
        }
    }

    /** Waits until the client has started a park: its socket appears. */
    private interface Act {
        void run() throws Exception;
    }

    private void awaitNewPark(Act act) throws Exception {
        try (WatchService watch = directory.getFileSystem().newWatchService()) {
            directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            act.run();
            assertThat(watch.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void the_next_supervisor_takes_what_the_last_one_put_and_learns_how_it_ended() throws Exception {
        try (Child child = Child.waiting()) {
            put(child);
            restart();
            client.put(child.identity(), client.take(child.identity()).orElseThrow());
            restart();
            child.kill();
            try (Pidfd pidfd = client.take(child.identity()).orElseThrow()) {
                assertThat(pidfd.hasEnded()).isTrue();
                assertThat(pidfd.exitInfo().orElse(KILLED)).isEqualTo(KILLED);
            }
            assertThat(client.take(child.identity())).isEmpty();
        }
    }

    @Test
    void what_was_dropped_is_not_there_and_a_park_without_anything_ends() throws Exception {
        try (Child child = Child.waiting()) {
            awaitNewPark(() -> put(child));
            restart();
            ProcessHandle park = park().orElseThrow();
            client.drop(child.identity());
            client.close();

            park.onExit().get(10, TimeUnit.SECONDS);
            client = next();
            assertThat(client.take(child.identity())).isEmpty();
            assertThat(client.pid()).isEmpty();
        }
    }

    @Test
    void who_asks_for_its_pid_waits_until_it_has_started() throws Exception {
        try (Child child = Child.waiting()) {
            put(child);

            assertThat(client.pid()).isPresent();
        }
    }

    @Test
    void when_the_park_dies_another_one_keeps_what_it_had() throws Exception {
        try (Child put = Child.waiting();
                Child inherited = Child.waiting()) {
            put(inherited);
            restart();
            put(put);
            ProcessHandle first = park().orElseThrow();
            awaitNewPark(first::destroyForcibly);
            restart();

            assertThat(client.pid().getAsInt()).isNotEqualTo((int) first.pid());
            client.take(put.identity()).orElseThrow().close();
            client.take(inherited.identity()).orElseThrow().close();
        }
    }

    @Test
    void when_its_socket_is_removed_the_park_comes_back() throws Exception {
        try (Child child = Child.waiting()) {
            awaitNewPark(() -> put(child));
            awaitNewPark(() -> Files.delete(socket()));
            restart();

            client.take(child.identity()).orElseThrow().close();
        }
    }

    @Test
    void garbage_from_others_changes_nothing() throws Exception {
        try (Child child = Child.waiting()) {
            awaitNewPark(() -> put(child));
            restart();
            int pid = client.pid().getAsInt();
            try (SocketChannel stranger = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                stranger.connect(UnixDomainSocketAddress.of(socket()));
                stranger.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
                assertThat(stranger.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            restart();

            assertThat(client.pid()).hasValue(pid);
            client.take(child.identity()).orElseThrow().close();
        }
    }

    @Test
    void a_second_supervisor_does_without_and_takes_nothing_away() throws Exception {
        try (Child child = Child.waiting()) {
            put(child);
            restart();
            try (ParkClient second = next()) {
                assertThat(second.pid()).isEmpty();
                assertThat(second.take(child.identity())).isEmpty();
            }
            restart();
            client.take(child.identity()).orElseThrow().close();
        }
    }

    @Test
    void what_nobody_claims_is_forgotten() throws Exception {
        try (Child claimed = Child.waiting();
                Child unclaimed = Child.waiting()) {
            put(claimed);
            put(unclaimed);
            restart();
            put(claimed);
            client.forgetUnclaimed();
            restart();

            assertThat(client.take(unclaimed.identity())).isEmpty();
            client.take(claimed.identity()).orElseThrow().close();
        }
    }

    @Test
    void without_a_park_nothing_fails() throws Exception {
        client.close();
        client = new ParkClient(Path.of("/bin/false"), socket(), loop);
        try (Child child = Child.waiting()) {
            put(child);
            client.drop(child.identity());
            restart();

            assertThat(client.take(child.identity())).isEmpty();
        }
    }

    @Test
    void a_thousand_at_once_are_all_kept() throws Exception {
        try (Child child = Child.waiting();
                Pidfd pidfd = child.pidfd()) {
            for (int i = 0; i < 1_000; i++) {
                client.put(new ProcessIdentity("another boot", child.pid(), i), pidfd);
            }
            restart();
            for (int i = 0; i < 1_000; i++) {
                client.take(new ProcessIdentity("another boot", child.pid(), i))
                        .orElseThrow()
                        .close();
            }
        }
    }
}
