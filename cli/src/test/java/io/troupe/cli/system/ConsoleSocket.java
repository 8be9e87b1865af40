package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.Descriptor;
import io.troupe.syscall.EventLoop;
import io.troupe.syscall.SyscallException;
import io.troupe.syscall.UnixChannel;
import io.troupe.syscall.UnixServer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Who is given the masters of terminals, as conmon is. */
final class ConsoleSocket implements AutoCloseable {
    private static final int MOST_BYTES = 4096;

    private final Path path;
    private final UnixServer server;
    private final EventLoop loop;
    private final BlockingQueue<Console> consoles = new LinkedBlockingQueue<>();

    /** The master of a terminal. */
    record Console(Descriptor master) implements AutoCloseable {
        /** {@return N of its {@code /dev/pts/N}} */
        int number() {
            Path about =
                    Path.of("/proc/self/fdinfo", master.procPath().getFileName().toString());
            return Integer.parseInt(Host.field(about, "tty-index"));
        }

        @Override
        public void close() {
            master.close();
        }
    }

    private ConsoleSocket(Path path) throws SyscallException {
        this.path = path;
        this.server = UnixServer.listen(path);
        this.loop = new EventLoop("console", problem -> {
            throw new AssertionError(problem);
        });
        loop.register(server.descriptor(), EventLoop.Interest.READ, (_, _) -> accept());
    }

    static ConsoleSocket listen(Path path) throws SyscallException {
        return new ConsoleSocket(path);
    }

    String path() {
        return path.toString();
    }

    /** {@return the next one, once it has come} */
    Console next() throws InterruptedException {
        Console console = consoles.poll(Call.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(console).as("the master of a terminal").isNotNull();
        return console;
    }

    private void accept() {
        try {
            UnixChannel channel = server.accept().orElseThrow();
            loop.register(channel.descriptor(), EventLoop.Interest.READ, (watch, _) -> receive(channel, watch));
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receive(UnixChannel channel, EventLoop.Registration registration) {
        List<Descriptor> received = new ArrayList<>();
        try {
            channel.receive(new byte[MOST_BYTES], received);
        } catch (SyscallException e) {
            throw new UncheckedIOException(e);
        }
        received.forEach(master -> consoles.add(new Console(master)));
        registration.cancel();
        channel.close();
    }

    @Override
    public void close() {
        loop.close();
        server.close();
    }
}
