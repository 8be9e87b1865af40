package io.troupe.launch;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Plays the supervisor for the C client: one socket, one client at a time, frames in and out, descriptors with them.
 * Every wait ends after ten seconds.
 */
final class FakeSupervisor implements AutoCloseable {
    static final Path BINARY = Path.of("target/bin/troupe").toAbsolutePath();

    private static final int PID = 2;
    private static final int READY = 3;
    private static final int FAILED = 5;
    private static final int EXITED = 6;
    private static final int SECONDS = 10;
    private static final int HEADER_BYTES = 8;
    private static final int SOCKADDR_BYTES = 110;
    private static final int MESSAGE_BYTES = 56;
    private static final int CONTROL_BYTES = 32;

    /** C names, as in the man pages. */
    interface Libc extends Library {
        Libc C = Native.load("c", Libc.class);

        int socket(int domain, int type, int protocol) throws LastErrorException;

        int bind(int fd, Pointer address, int length) throws LastErrorException;

        int connect(int fd, Pointer address, int length) throws LastErrorException;

        int listen(int fd, int backlog) throws LastErrorException;

        int accept4(int fd, Pointer address, Pointer length, int flags) throws LastErrorException;

        int setsockopt(int fd, int level, int option, Pointer value, int length) throws LastErrorException;

        NativeLong recvmsg(int fd, Pointer message, int flags);

        NativeLong sendmsg(int fd, Pointer message, int flags) throws LastErrorException;

        int memfd_create(String name, int flags) throws LastErrorException;

        NativeLong write(int fd, byte[] bytes, NativeLong length) throws LastErrorException;

        int fcntl(int fd, int command, int argument) throws LastErrorException;

        int close(int fd);
    }

    /** What came from the client; {@code type} 0 is the end. */
    record Frame(int type, byte[] payload, List<Integer> descriptors) {
        int number() {
            return buffer().getInt();
        }

        StepFailure failure() {
            ByteBuffer in = buffer();
            LaunchPlan.Section section = LaunchPlan.Section.values()[in.getInt()];
            int index = in.getInt();
            int errno = in.getInt();
            byte[] detail = new byte[in.getInt()];
            in.get(detail);
            return new StepFailure(section, index, errno, new String(detail, StandardCharsets.UTF_8));
        }

        private ByteBuffer buffer() {
            return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private final Path directory;
    private final Path output;
    private final int listener;
    private final int binary;
    private Process client;
    private int connection = -1;

    FakeSupervisor() throws IOException {
        directory = Files.createTempDirectory(
                "troupe-test-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        output = directory.resolve("output");
        listener = listen(directory.resolve("supervisor.sock"));
        binary = sealedBinary();
    }

    Path directory() {
        return directory;
    }

    /** Runs the client with these words and takes its first. */
    Frame run(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(BINARY.toString(), "--run", directory.toString()));
        command.addAll(List.of(words));
        return accept(new ProcessBuilder(command));
    }

    /** {@return how the client is run with a command, an id and this in its environment} */
    ProcessBuilder troupe(String command, String id, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(BINARY.toString(), "--run", directory.toString(), command, id);
        builder.environment().putAll(environment);
        return builder;
    }

    /** Starts a client and takes its first words. */
    Frame accept(ProcessBuilder command) throws IOException {
        hangUp();
        client = command.redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        return acceptNext();
    }

    /** Takes the first words of whoever connects. */
    Frame acceptNext() {
        connection = Libc.C.accept4(listener, null, null, 0x80000);
        setTimeout(connection);
        return receive();
    }

    /** Has a new client carry a plan out. {@return the frame that tells how its process ended} */
    Frame runToEnd(LaunchPlan plan) throws Exception {
        run("run", "x");
        launch(plan);
        await(PID);
        adopt();
        Frame exited = await(EXITED);
        exit(0);
        exitCode();
        return exited;
    }

    /** Has a new client carry a plan out. {@return what of it fails} */
    StepFailure failureOf(LaunchPlan plan) throws Exception {
        run("run", "x");
        launch(plan);
        Frame frame = receive();
        while (frame.type() != FAILED) {
            if (frame.type() != PID && frame.type() != READY) {
                throw new AssertionError("frame " + frame.type() + " before the failure");
            }
            frame = receive();
        }
        return frame.failure();
    }

    Process client() {
        return client;
    }

    /** {@return all that client and container have written} */
    String output() throws IOException {
        return Files.readString(output);
    }

    int exitCode() throws InterruptedException {
        if (!client.waitFor(SECONDS, TimeUnit.SECONDS)) {
            client.destroyForcibly();
            throw new AssertionError("the client does not end");
        }
        return client.exitValue();
    }

    void launch(LaunchPlan plan, int... more) {
        int[] descriptors = new int[more.length + 1];
        descriptors[0] = binary;
        System.arraycopy(more, 0, descriptors, 1, more.length);
        send(connection, 67, PlanCodec.encode(plan), descriptors);
    }

    void adopt() {
        send(connection, 68, "id".getBytes(StandardCharsets.UTF_8));
    }

    void exit(int code) {
        send(connection, 66, new byte[] {(byte) code, 0, 0, 0});
    }

    void hangUp() {
        if (connection >= 0) {
            Libc.C.close(connection);
        }
        connection = -1;
    }

    Frame receive() {
        return receive(connection);
    }

    /** {@return the next frame of this type; those before it are dropped} */
    Frame await(int type) {
        Frame frame = receive();
        while (frame.type() != type) {
            if (frame.type() == 0 || frame.type() == 5) {
                throw new AssertionError("instead of frame " + type + ": " + frame.type()
                        + (frame.type() == 5 ? " " + frame.failure() : ""));
            }
            frame = receive();
        }
        return frame;
    }

    @Override
    public void close() throws IOException {
        hangUp();
        Libc.C.close(listener);
        Libc.C.close(binary);
        if (client != null) {
            client.destroyForcibly();
        }
        TestRoot.remove(directory);
    }

    static int connect(Path socket) {
        int fd = Libc.C.socket(1, 1 | 0x80000, 0);
        Libc.C.connect(fd, address(socket), SOCKADDR_BYTES);
        setTimeout(fd);
        return fd;
    }

    static void send(int fd, int type, byte[] payload, int... descriptors) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(payload.length).putShort((short) type).putShort((short) descriptors.length);
        frame.put(payload);
        sendRaw(fd, frame.array(), descriptors);
    }

    static void sendRaw(int fd, byte[] bytes, int... descriptors) {
        try (Memory data = new Memory(bytes.length);
                Memory control = new Memory(16 + 4L * Math.max(descriptors.length, 1));
                Memory message = new Memory(MESSAGE_BYTES + 16)) {
            data.write(0, bytes, 0, bytes.length);
            control.clear();
            control.setLong(0, 16 + 4L * descriptors.length);
            control.setInt(8, 1);
            control.setInt(12, 1);
            control.write(16, descriptors, 0, descriptors.length);
            long controlLength = descriptors.length == 0 ? 0 : 16 + 4L * descriptors.length;
            long sent = Libc.C
                    .sendmsg(fd, message(message, data, bytes.length, control, controlLength), 0x4000)
                    .longValue();
            if (sent < bytes.length) {
                sendRaw(fd, Arrays.copyOfRange(bytes, (int) sent, bytes.length));
            }
        }
    }

    static Frame receive(int fd) {
        List<Integer> descriptors = new ArrayList<>();
        byte[] head = receiveRaw(fd, HEADER_BYTES, descriptors);
        if (head.length == 0) {
            return new Frame(0, head, descriptors);
        }
        ByteBuffer in = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int length = in.getInt();
        return new Frame(in.getShort(), receiveRaw(fd, length, descriptors), descriptors);
    }

    /** {@return that many bytes, or none at the end} */
    static byte[] receiveRaw(int fd, int length, List<Integer> descriptors) {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            try (Memory data = new Memory(length - done);
                    Memory control = new Memory(CONTROL_BYTES);
                    Memory message = new Memory(MESSAGE_BYTES + 16)) {
                control.clear();
                long count = Libc.C
                        .recvmsg(fd, message(message, data, length - done, control, CONTROL_BYTES), 0x40000000)
                        .longValue();
                if (count <= 0) {
                    return new byte[0];
                }
                if (message.getLong(40) >= 20) {
                    descriptors.add(control.getInt(16));
                }
                data.read(0, bytes, done, (int) count);
                done += (int) count;
            }
        }
        return bytes;
    }

    private static Pointer message(Memory message, Memory data, long length, Memory control, long controlLength) {
        message.clear();
        message.setPointer(MESSAGE_BYTES, data);
        message.setLong(MESSAGE_BYTES + 8, length);
        message.setPointer(16, message.share(MESSAGE_BYTES));
        message.setLong(24, 1);
        if (controlLength > 0) {
            message.setPointer(32, control);
            message.setLong(40, controlLength);
        }
        return message;
    }

    private static int listen(Path socket) {
        int fd = Libc.C.socket(1, 1 | 0x80000, 0);
        Libc.C.bind(fd, address(socket), SOCKADDR_BYTES);
        Libc.C.listen(fd, 8);
        setTimeout(fd);
        return fd;
    }

    private static void setTimeout(int fd) {
        try (Memory time = new Memory(16)) {
            time.setLong(0, SECONDS);
            time.setLong(8, 0);
            Libc.C.setsockopt(fd, 1, 20, time, 16);
        }
    }

    private static Memory address(Path socket) {
        Memory address = new Memory(SOCKADDR_BYTES);
        address.clear();
        address.setShort(0, (short) 1);
        byte[] path = socket.toString().getBytes(StandardCharsets.UTF_8);
        address.write(2, path, 0, path.length);
        return address;
    }

    private static int sealedBinary() throws IOException {
        int fd = Libc.C.memfd_create("troupe", 3);
        byte[] bytes = Files.readAllBytes(BINARY);
        Libc.C.write(fd, bytes, new NativeLong(bytes.length));
        Libc.C.fcntl(fd, 1033, 15);
        return fd;
    }
}
