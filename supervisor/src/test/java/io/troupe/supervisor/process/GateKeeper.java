package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Stands at a container's start socket, as its process does. */
final class GateKeeper implements AutoCloseable {
    private final ServerSocketChannel listener;
    private SocketChannel connection;

    GateKeeper(Path directory) throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(directory.resolve(Footprint.START_SOCKET)));
    }

    /** Waits until somebody says that the program may run. */
    void accept() throws IOException {
        connection = listener.accept();
        ByteBuffer word = ByteBuffer.allocate(1);
        assertThat(connection.read(word)).isEqualTo(1);
        assertThat(word.get(0)).isEqualTo((byte) 'S');
    }

    void say(byte... bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            connection.write(rest);
        }
    }

    void leave() throws IOException {
        connection.close();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (connection != null) {
            connection.close();
        }
    }
}
