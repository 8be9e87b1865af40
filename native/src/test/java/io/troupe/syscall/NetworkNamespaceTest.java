package io.troupe.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("root")
class NetworkNamespaceTest {
    private static final Path OWN = Path.of("/proc/thread-self/ns/net");

    @Test
    void each_is_another_and_the_thread_stays_where_it_was() throws Exception {
        Path before = Files.readSymbolicLink(OWN);
        try (Descriptor one = NetworkNamespace.make();
                Descriptor other = NetworkNamespace.make()) {
            assertThat(Files.readSymbolicLink(one.procPath()))
                    .isNotEqualTo(before)
                    .isNotEqualTo(Files.readSymbolicLink(other.procPath()));
        }
        assertThat(Files.readSymbolicLink(OWN)).isEqualTo(before);
    }

    @Test
    void a_virtual_thread_makes_none() throws Exception {
        AtomicReference<Throwable> problem = new AtomicReference<>();
        Thread.ofVirtual()
                .start(() -> {
                    try (Descriptor _ = NetworkNamespace.make()) {
                        problem.set(null);
                    } catch (SyscallException | IllegalStateException refused) {
                        problem.set(refused);
                    }
                })
                .join();
        assertThatThrownBy(() -> {
                    throw problem.get();
                })
                .hasMessageContaining("virtual thread");
    }
}
