package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {

    private static LimitChange change(Path file, String value) {
        return new LimitChange("some.limit", List.of(file.toString()), List.of(value));
    }

    @Test
    void what_was_written_is_put_back_when_a_later_one_is_refused(@TempDir Path directory) throws IOException {
        Path first = Files.writeString(directory.resolve("first"), "1\n");
        Path directoryInstead = Files.createDirectory(directory.resolve("second"));

        String problem = Limits.set(List.of(change(first, "2"), change(directoryInstead, "3")));

        assertThat(problem).contains("some.limit: the kernel does not take 3", "all is as it was");
        assertThat(first).hasContent("1");
    }

    @Test
    void what_the_kernel_does_not_have_is_named(@TempDir Path directory) throws IOException {
        Path first = Files.writeString(directory.resolve("first"), "1\n");

        assertThat(Limits.set(List.of(change(first, "2"), change(directory.resolve("none"), "3"))))
                .contains("there is no " + directory.resolve("none"));
        assertThat(first).hasContent("1");
        assertThat(Limits.set(List.of(change(first, "2")))).isNull();
        assertThat(first).hasContent("2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            memory.max; max; 5; max
            cpu.max; 50000 100000; 7 8; 50000 100000
            memory.oom_control; oom_kill_disable 1 under_oom 0; 0; 1
            io.max; 8:0 rbps=1 wbps=max; 8:0 rbps=5; 8:0 rbps=1 wbps=max
            io.max; 8:16 rbps=1 wbps=max; 8:0 rbps=5; 8:0 rbps=max wbps=max riops=max wiops=max
            blkio.throttle.read_bps_device; 8:16 5; 8:0 7; 8:0 0
            io.weight; default 100; 50; default 100
            """)
    void the_former_value_is_what_would_be_written(String name, String text, String value, String former) {
        assertThat(Limits.former(name, text, value)).isEqualTo(former);
    }
}
