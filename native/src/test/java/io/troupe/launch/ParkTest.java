package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.FakeSupervisor.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The process that keeps descriptors for the next supervisor. */
class ParkTest {
    private static final int PUT = 128;
    private static final int LIST = 130;
    private static final int ITEM = 131;
    private static final int END = 132;
    private static final int QUIT = 133;

    private Path directory;
    private Path socket;
    private Process park;
    private int connection;

    @BeforeEach
    void open() throws Exception {
        directory = Files.createTempDirectory("troupe-test-park-");
        socket = directory.resolve("park.sock");
        try (var watch = directory.getFileSystem().newWatchService()) {
            directory.register(watch, java.nio.file.StandardWatchEventKinds.ENTRY_CREATE);
            park = new ProcessBuilder(FakeSupervisor.BINARY.toString(), "--park", socket.toString())
                    .inheritIO()
                    .start();
            assertThat(watch.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
        connection = connect();
    }

    @AfterEach
    void close() throws Exception {
        FakeSupervisor.Libc.C.close(connection);
        park.destroyForcibly().waitFor();
        TestRoot.remove(directory);
    }

    /** The name is there a moment before the socket listens. */
    private int connect() {
        for (int i = 0; ; i++) {
            try {
                return FakeSupervisor.connect(socket);
            } catch (com.sun.jna.LastErrorException e) {
                if (i > 100_000) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static byte[] key(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    @Test
    void what_one_supervisor_put_the_next_one_gets() throws Exception {
        int descriptor = FakeSupervisor.Libc.C.memfd_create("parked", 1);
        FakeSupervisor.send(connection, PUT, key("web1"), descriptor);
        FakeSupervisor.send(connection, LIST, new byte[0]);
        assertThat(FakeSupervisor.receive(connection).type()).isEqualTo(ITEM);
        FakeSupervisor.Libc.C.close(connection);
        FakeSupervisor.Libc.C.close(descriptor);

        connection = FakeSupervisor.connect(socket);
        FakeSupervisor.send(connection, LIST, new byte[0]);

        Frame item = FakeSupervisor.receive(connection);
        assertThat(item.type()).isEqualTo(ITEM);
        assertThat(item.payload()).isEqualTo(key("web1"));
        assertThat(item.descriptors()).hasSize(1);
        assertThat(FakeSupervisor.receive(connection).type()).isEqualTo(END);
        FakeSupervisor.Libc.C.close(item.descriptors().getFirst());
    }

    @Test
    void it_ends_when_it_keeps_nothing_and_nobody_is_connected() throws Exception {
        FakeSupervisor.send(connection, LIST, new byte[0]);
        assertThat(FakeSupervisor.receive(connection).type()).isEqualTo(END);
        FakeSupervisor.Libc.C.close(connection);

        assertThat(park.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(park.exitValue()).isZero();
        connection = -1;
    }

    @Test
    void it_ends_when_told_and_garbage_only_ends_the_connection() throws Exception {
        int descriptor = FakeSupervisor.Libc.C.memfd_create("parked", 1);
        FakeSupervisor.send(connection, PUT, key("web1"), descriptor);
        FakeSupervisor.Libc.C.close(descriptor);
        FakeSupervisor.sendRaw(connection, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        assertThat(FakeSupervisor.receive(connection).type()).isZero();
        FakeSupervisor.Libc.C.close(connection);

        connection = FakeSupervisor.connect(socket);
        FakeSupervisor.send(connection, QUIT, new byte[0]);
        assertThat(park.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
}
