package io.troupe.supervisor.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusSystemdTest {
    private static final Scope SCOPE = new Scope(new ScopeName("a.slice", "b.scope"), "a test", List.of());

    @TempDir
    Path directory;

    private static BusPlace at(Path socket) {
        return new BusPlace("unix:path=" + socket, 0);
    }

    @Test
    void without_a_bus_it_says_so() {
        try (BusSystemd systemd = new BusSystemd(at(directory.resolve("none")), Duration.ofSeconds(20))) {
            assertThatThrownBy(() -> systemd.start(SCOPE, 1))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining(
                            "unit b.scope: systemd cannot be asked: there is no " + directory.resolve("none"));
        }
    }

    @Test
    void one_that_hangs_is_given_up() throws Exception {
        Path socket = directory.resolve("hung");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                BusSystemd systemd = new BusSystemd(at(socket), Duration.ofMillis(500))) {
            server.bind(UnixDomainSocketAddress.of(socket)); // takes connections, and never answers

            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> systemd.stop("b.scope"))
                        .isInstanceOf(FailureException.class)
                        .hasMessageContaining("unit b.scope: systemd did not answer within");
            }
        }
    }

    @Test
    void members_are_bits() {
        assertThat(Bus.bits(new TreeSet<>(List.of(0, 3, 9)))).containsExactly(0b1001, 0b10);
        assertThat(Bus.bits(new TreeSet<>())).isEmpty();
    }
}
