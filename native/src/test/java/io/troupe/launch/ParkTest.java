package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.FakeSupervisor.Frame;
import io.troupe.launch.FakeSupervisor.Libc;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The process that keeps descriptors for the next supervisor. */
class ParkTest {
    private static final int PUT = 128;
    private static final int DROP = 129;
    private static final int LIST = 130;
    private static final int ITEM = 131;
    private static final int END = 132;
    private static final int HELLO = 133;
    private static final int WELCOME = 134;
    private static final int HUNG_UP = 0;

    private final List<Integer> connections = new ArrayList<>();
    private Path directory;
    private Path socket;
    private Process park;

    @BeforeEach
    void open() throws Exception {
        directory = Files.createTempDirectory("troupe-test-park-");
        socket = directory.resolve("park.sock");
        park = start();
        assertThat(firstWord(park)).isEqualTo("READY");
    }

    @AfterEach
    void close() throws Exception {
        connections.forEach(Libc.C::close);
        park.destroyForcibly().waitFor();
        TestRoot.remove(directory);
    }

    private Process start() throws Exception {
        return new ProcessBuilder(FakeSupervisor.BINARY.toString(), "--park", socket.toString()).start();
    }

    private static String firstWord(Process park) throws Exception {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(park.getInputStream(), StandardCharsets.UTF_8))) {
            return out.readLine();
        }
    }

    private int connect() {
        int connection = FakeSupervisor.connect(socket);
        connections.add(connection);
        return connection;
    }

    private int greet() {
        int connection = connect();
        FakeSupervisor.send(connection, HELLO, new byte[0]);
        return connection;
    }

    private int supervise() {
        int connection = greet();
        assertThat(FakeSupervisor.receive(connection).type()).isEqualTo(WELCOME);
        return connection;
    }

    private void leave(int connection) {
        connections.remove((Integer) connection);
        Libc.C.close(connection);
    }

    private static byte[] key(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static void put(int connection, String name) {
        int descriptor = Libc.C.memfd_create("parked", 1);
        FakeSupervisor.send(connection, PUT, key(name), descriptor);
        Libc.C.close(descriptor);
    }

    /** {@return the keys that it keeps, the newest first} */
    private static List<String> keys(int connection) {
        FakeSupervisor.send(connection, LIST, new byte[0]);
        List<String> keys = new ArrayList<>();
        Frame frame = FakeSupervisor.receive(connection);
        while (frame.type() == ITEM) {
            assertThat(frame.descriptors()).hasSize(1);
            Libc.C.close(frame.descriptors().getFirst());
            keys.add(new String(frame.payload(), Integer.BYTES, frame.payload().length - Integer.BYTES));
            frame = FakeSupervisor.receive(connection);
        }
        assertThat(frame.type()).isEqualTo(END);
        return keys;
    }

    private void endsByItself() throws Exception {
        assertThat(park.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(park.exitValue()).isZero();
    }

    @Test
    void what_one_supervisor_put_the_next_one_gets() {
        int first = supervise();
        put(first, "web1");
        put(first, "web2");
        put(first, "web3");
        FakeSupervisor.send(first, DROP, key("web2"));
        leave(first);

        assertThat(keys(supervise())).containsExactly("web3", "web1");
    }

    @Test
    void a_second_supervisor_waits_until_the_first_one_leaves() {
        int first = supervise();
        int second = greet();
        put(first, "web1");
        assertThat(keys(first)).containsExactly("web1");
        leave(first);

        assertThat(FakeSupervisor.receive(second).type()).isEqualTo(WELCOME);
        assertThat(keys(second)).containsExactly("web1");
    }

    @Test
    void who_does_not_greet_is_hung_up_on_and_disturbs_nobody() {
        int supervisor = supervise();
        put(supervisor, "web1");
        for (byte[] garbage :
                new byte[][] {{1, 2, 3, 4, 5, 6, 7, 8}, {0, 0, 0, 0, (byte) LIST, 0, 0, 0}, {1}, {0, 0}}) {
            int guest = connect();
            FakeSupervisor.sendRaw(guest, garbage);
            assertThat(FakeSupervisor.receive(guest).type()).isEqualTo(HUNG_UP);
        }
        assertThat(keys(supervisor)).containsExactly("web1");
    }

    @Test
    void the_silent_and_the_impatient_keep_no_supervisor_out() {
        int first = supervise();
        put(first, "web1");
        for (int i = 0; i < 20; i++) {
            connect();
        }
        leave(greet());
        leave(first);

        assertThat(keys(supervise())).containsExactly("web1");
    }

    @Test
    void garbage_of_a_supervisor_ends_its_connection_and_nothing_else() {
        int first = supervise();
        put(first, "web1");
        FakeSupervisor.send(first, PUT, key("without a descriptor"));
        assertThat(FakeSupervisor.receive(first).type()).isEqualTo(HUNG_UP);

        assertThat(keys(supervise())).containsExactly("web1");
    }

    @Test
    void it_ends_when_it_keeps_nothing_and_nobody_is_connected() throws Exception {
        int supervisor = supervise();
        put(supervisor, "web1");
        FakeSupervisor.send(supervisor, DROP, key("web1"));
        leave(supervisor);

        endsByItself();
    }

    @Test
    void it_ends_when_its_starter_goes_before_a_supervisor_came() throws Exception {
        park.getOutputStream().close();

        endsByItself();
    }

    @Test
    void it_stays_when_its_starter_goes_after_that() throws Exception {
        int supervisor = supervise();
        park.getOutputStream().close();
        put(supervisor, "web1");

        assertThat(keys(supervisor)).containsExactly("web1");
    }

    @Test
    void it_ends_when_its_socket_is_removed_even_if_somebody_is_connected() throws Exception {
        int supervisor = supervise();
        put(supervisor, "web1");
        Files.delete(socket);

        endsByItself();
        assertThat(FakeSupervisor.receive(supervisor).type()).isEqualTo(HUNG_UP);
    }

    @Test
    void it_ends_when_its_directory_is_renamed() throws Exception {
        leaveOneBehind();
        Path other = directory.resolveSibling(directory.getFileName() + "-other");
        Files.move(directory, other);

        endsByItself();
        Files.move(other, directory);
    }

    @Test
    void it_ends_when_another_socket_takes_its_name() throws Exception {
        leaveOneBehind();
        Path other = Files.createFile(directory.resolve("other"));
        Files.move(other, socket, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        endsByItself();
    }

    private void leaveOneBehind() {
        int supervisor = supervise();
        put(supervisor, "web1");
        assertThat(keys(supervisor)).hasSize(1);
        leave(supervisor);
    }

    @Test
    void what_else_happens_in_its_directory_does_not_end_it() throws Exception {
        leaveOneBehind();
        Files.createFile(directory.resolve("other"));
        Files.delete(directory.resolve("other"));
        Files.setPosixFilePermissions(socket, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));

        assertThat(keys(supervise())).containsExactly("web1");
    }

    @Test
    void a_second_park_of_the_same_name_is_refused() throws Exception {
        Process second = start();
        String error = new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(second.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(error)
                .startsWith("troupe: park " + socket + ": ")
                .contains("98")
                .hasLineCount(1);
        assertThat(keys(supervise())).isEmpty();
    }
}
