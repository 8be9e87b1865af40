package io.troupe.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyscallTest {
    private static final int CHILDREN = 1000;

    @TempDir
    Path directory;

    @Test
    void a_failure_says_call_subject_and_errno() {
        assertThatThrownBy(() -> Pidfd.open(Integer.MAX_VALUE))
                .hasMessage("pidfd_open(2) on pid 2147483647: ESRCH (3, No such process)");
        Path missing = directory.resolve("none");
        assertThatThrownBy(() -> UnixChannel.connect(missing))
                .hasMessage("connect(2) on " + missing + ": ENOENT (2, No such file or directory)");
        assertThat(Errno.describe(1)).isEqualTo("Operation not permitted (EPERM)");
        assertThat(Errno.describe(4711)).isEqualTo("Unknown error (4711)");
    }

    @Test
    void send_to_an_ended_process_is_an_answer_not_an_exception() throws Exception {
        Process child = new ProcessBuilder("sleep", "100").start();
        try (Pidfd pidfd = Pidfd.open((int) child.pid())) {
            assertThat(pidfd.pid()).isEqualTo((int) child.pid());
            assertThat(pidfd.hasEnded()).isFalse();
            assertThat(pidfd.send(Signals.SIGKILL)).isEqualTo(Pidfd.Delivery.SENT);
            child.waitFor();
            assertThat(pidfd.send(Signals.SIGKILL)).isEqualTo(Pidfd.Delivery.PROCESS_GONE);
        }
    }

    @Test
    void one_loop_sees_the_ends_of_a_thousand_children_and_leaks_nothing() throws Exception {
        try (EventLoop loop = new EventLoop("test-loop", failure -> {})) {
            watchAll(loop, 1);
            long before = openDescriptors();
            watchAll(loop, CHILDREN);
            assertThat(openDescriptors()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void a_callback_that_throws_does_not_end_the_loop() throws Exception {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        try (EventLoop loop = new EventLoop("test-loop", told::complete)) {
            loop.execute(() -> {
                throw new IllegalStateException("broken on purpose");
            });
            assertThat(told.get(5, TimeUnit.SECONDS)).hasMessage("broken on purpose");
            CountDownLatch lives = new CountDownLatch(1);
            loop.execute(lives::countDown);
            assertThat(lives.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Whoever is told yes while another closes the loop is served, and whoever is told no was not. */
    @Test
    void a_closing_loop_runs_every_task_that_it_accepted() throws Exception {
        for (int round = 0; round < 300; round++) {
            List<Throwable> failures = new ArrayList<>();
            EventLoop loop = new EventLoop("test-loop", failures::add);
            List<CompletableFuture<Void>> accepted = new ArrayList<>();
            Thread closer = Thread.ofVirtual().start(loop::close);
            assertThatThrownBy(() -> {
                        while (true) {
                            CompletableFuture<Void> run = new CompletableFuture<>();
                            loop.execute(() -> run.complete(null));
                            accepted.add(run);
                        }
                    })
                    .isInstanceOf(RejectedExecutionException.class);
            CompletableFuture.allOf(accepted.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
            closer.join();
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void a_registration_outlives_its_loop_without_harm() throws Exception {
        EventLoop loop = new EventLoop("test-loop", failure -> {});
        try (UnixServer server = UnixServer.listen(directory.resolve("watched"))) {
            EventLoop.Registration watch = loop.register(server.descriptor(), EventLoop.Interest.READ, (_, _) -> {});
            loop.close();
            loop.close();
            watch.cancel();
        }
    }

    @Test
    void a_peer_is_opened_while_it_is_connected() throws Exception {
        try (UnixServer server = UnixServer.listen(directory.resolve("peer"));
                UnixChannel client = UnixChannel.connect(directory.resolve("peer"));
                UnixChannel accepted = server.accept().orElseThrow()) {
            try (Pidfd peer = accepted.openPeer().orElseThrow()) {
                assertThat(peer.pid()).isEqualTo(Self.pid());
            }
            client.close();
            assertThat(accepted.openPeer()).isEmpty();
        }
    }

    @Test
    void a_descriptor_travels_over_a_socket_with_a_long_path() throws Exception {
        Path deep = Files.createDirectories(directory.resolve("d".repeat(120)).resolve("e".repeat(120)));
        Path path = deep.resolve("socket");
        try (UnixServer server = UnixServer.listen(path);
                UnixChannel client = UnixChannel.connect(path);
                UnixChannel accepted = server.accept().orElseThrow();
                MemoryFile file = MemoryFile.sealed("passed", new byte[] {'h', 'i'})) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            assertThat(accepted.peer()).isEqualTo(new UnixChannel.Credentials(Self.pid(), Self.uid(), Self.gid()));
            assertThat(client.send(new byte[] {1, 2, 3}, 0, 3, List.of(file.descriptor())))
                    .isEqualTo(3);
            byte[] buffer = new byte[16];
            List<Descriptor> received = new ArrayList<>();
            assertThat(accepted.receive(buffer, received)).isEqualTo(3);
            try (Descriptor passed = received.getFirst()) {
                assertThat(Files.readString(passed.procPath())).isEqualTo("hi");
            }
            assertThat(accepted.receive(buffer, received)).isZero();
            client.close();
            assertThat(accepted.receive(buffer, received)).isEqualTo(-1);
        }
    }

    @Test
    void a_listening_socket_of_somebody_elses_never_blocks() throws Exception {
        try (UnixServer server = UnixServer.listen(directory.resolve("activated"));
                Descriptor inherited = server.descriptor().duplicate()) {
            // As systemd passes it: blocking.
            assertThat(DescriptorCalls.fcntl(inherited.number(), DescriptorCalls.F_SETFL, 0))
                    .isZero();
            try (UnixServer taken = UnixServer.of(inherited)) {
                assertThat(assertTimeoutPreemptively(Duration.ofSeconds(10), taken::accept))
                        .isEmpty();
            }
        }
    }

    @Test
    void a_sealed_file_cannot_be_written() throws Exception {
        try (MemoryFile file = MemoryFile.sealed("sealed", new byte[100_000])) {
            Path path = file.descriptor().procPath();
            assertThat(Files.size(path)).isEqualTo(100_000);
            assertThatThrownBy(() -> {
                        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                            channel.write(java.nio.ByteBuffer.allocate(1));
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Operation not permitted");
        }
    }

    @Test
    void a_lock_is_held_once_until_it_is_closed() throws Exception {
        Path path = directory.resolve("lock");
        try (FileLock _ = FileLock.tryAcquire(path).orElseThrow()) {
            assertThat(FileLock.tryAcquire(path)).isEmpty();
        }
        FileLock.tryAcquire(path).orElseThrow().close();
    }

    @Test
    void a_directory_in_use_is_an_answer() throws Exception {
        Path child = Files.createDirectories(directory.resolve("a/b"));
        assertThat(FileSystems.removeDirectory(child.getParent())).isEqualTo(FileSystems.Removal.IN_USE);
        assertThat(FileSystems.removeDirectory(child)).isEqualTo(FileSystems.Removal.REMOVED);
        assertThat(FileSystems.removeDirectory(child)).isEqualTo(FileSystems.Removal.MISSING);
        assertThat(FileSystems.type(Path.of("/proc"))).isEqualTo(FileSystems.PROC_SUPER_MAGIC);
    }

    @Test
    void signals_are_read_as_users_write_them() {
        assertThat(Stream.of("TERM", "sigterm", "15", "RTMIN+3", "SIGRTMAX-2", "0")
                        .map(Signals::parse)
                        .map(s -> s.orElse(-1)))
                .containsExactly(15, 15, 15, 37, 62, 0);
        assertThat(Stream.of("", "65", "SIG", "RTMIN+31", "-9", "999", "TERM ").map(Signals::parse))
                .allMatch(java.util.OptionalInt::isEmpty);
        assertThat(Signals.name(9)).isEqualTo("SIGKILL");
        assertThat(Signals.name(37)).isEqualTo("SIGRTMIN+3");
    }

    private static void watchAll(EventLoop loop, int count) throws Exception {
        CountDownLatch ended = new CountDownLatch(count);
        List<Process> children = new ArrayList<>();
        List<Pidfd> pidfds = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            Process child = new ProcessBuilder("cat").start();
            children.add(child);
            Pidfd pidfd = Pidfd.open((int) child.pid());
            pidfds.add(pidfd);
            pidfd.whenEnded(loop).thenRun(ended::countDown);
        }
        for (Process child : children) {
            child.getOutputStream().close();
        }
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        for (Process child : children) {
            child.waitFor();
            child.getInputStream().close();
            child.getErrorStream().close();
        }
        pidfds.forEach(Pidfd::close);
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }
}
