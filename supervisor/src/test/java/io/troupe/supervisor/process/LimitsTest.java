package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.Bytecode;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.systemd.Property;
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
        return new LimitChange.InFile("some.limit", List.of(file.toString()), List.of(value));
    }

    @Test
    void what_was_written_is_put_back_when_a_later_one_is_refused(@TempDir Path directory) throws IOException {
        Path first = Files.writeString(directory.resolve("first"), "1\n");
        Path directoryInstead = Files.createDirectory(directory.resolve("second"));

        String problem = Limits.set(List.of(change(first, "2"), change(directoryInstead, "3")), new NoSystemd());

        assertThat(problem).contains("some.limit: the kernel does not take 3", "all is as it was");
        assertThat(first).hasContent("1");
    }

    @Test
    void what_was_refused_is_not_put_back() {
        assertThat(Limits.set(List.of(change(Path.of("/proc/version"), "250:77 rbps=1")), new NoSystemd()))
                .startsWith("some.limit: the kernel does not take 250:77 rbps=1 for version")
                .endsWith("all is as it was");
    }

    @Test
    void what_the_kernel_does_not_have_is_named(@TempDir Path directory) throws IOException {
        Path first = Files.writeString(directory.resolve("first"), "1\n");

        assertThat(Limits.set(List.of(change(first, "2"), change(directory.resolve("none"), "3")), new NoSystemd()))
                .contains("there is no " + directory.resolve("none"));
        assertThat(first).hasContent("1");
        assertThat(Limits.set(List.of(change(first, "2")), new NoSystemd())).isNull();
        assertThat(first).hasContent("2");
    }

    @Test
    void device_rules_are_led_back_when_a_later_limit_is_refused(@TempDir Path directory) throws IOException {
        Path allow = Files.createFile(directory.resolve("devices.allow"));
        Path deny = Files.createFile(directory.resolve("devices.deny"));
        var fuse = new LimitChange.DeviceLines(
                "allow c 10:229 rwm",
                List.of(new LimitChange.Line(allow.toString(), "c 10:229 rwm")),
                List.of(new LimitChange.Line(deny.toString(), "c 10:229 rwm")));

        assertThat(Limits.set(List.of(fuse), new NoSystemd())).isNull();
        assertThat(allow).hasContent("c 10:229 rwm");
        assertThat(deny).isEmptyFile();
        assertThat(Limits.set(List.of(fuse, change(directory.resolve("none"), "3")), new NoSystemd()))
                .endsWith("; all is as it was");
        assertThat(deny).hasContent("c 10:229 rwm");
        assertThat(fuse.lines()).containsExactly("devices=allow c 10:229 rwm");
    }

    @Test
    void device_rules_that_the_kernel_refuses_are_told(@TempDir Path directory) {
        Path none = directory.resolve("none/devices.allow");
        var rules = new LimitChange.DeviceLines(
                "allow a *:* rwm",
                List.of(new LimitChange.Line(none.toString(), "a")),
                List.of(new LimitChange.Line(none.toString(), "b *:* m")));
        var program = new LimitChange.DeviceProgram(
                "allow a *:* rwm", directory.resolve("none").toString(), new Bytecode(new byte[8]));

        assertThat(Limits.set(List.of(rules), new NoSystemd()))
                .startsWith("devices: the kernel does not take a for devices.allow: ")
                .endsWith("; all is as it was");
        assertThat(Limits.set(List.of(program), new NoSystemd()))
                .isEqualTo("devices: open(2) on " + directory.resolve("none")
                        + ": ENOENT (2, No such file or directory); all is as it was");
    }

    @Test
    void a_cpuset_begins_with_what_the_one_above_it_allows_and_later_limits_are_written_to_it(@TempDir Path top)
            throws IOException {
        Path cgroup = Files.createDirectories(top.resolve("pod/web1"));
        for (Path each : List.of(top, top.resolve("pod"), cgroup)) {
            Files.writeString(each.resolve("cpuset.cpus"), each.equals(top) ? "0-3\n" : "\n");
            Files.writeString(each.resolve("cpuset.mems"), each.endsWith("pod") ? "1\n" : "0\n");
        }

        assertThat(Limits.set(
                        List.of(
                                new LimitChange.Cpuset(top.toString(), cgroup.toString()),
                                change(cgroup.resolve("cpuset.mems"), "1"),
                                new LimitChange.Gathering(cgroup.toString(), List.of())),
                        new NoSystemd()))
                .isNull();

        assertThat(top.resolve("pod/cpuset.cpus")).hasContent("0-3");
        assertThat(cgroup.resolve("cpuset.cpus")).hasContent("0-3");
        assertThat(top.resolve("pod/cpuset.mems")).hasContent("1");
        assertThat(cgroup.resolve("cpuset.mems")).hasContent("1");
    }

    @Test
    void where_there_is_no_cpuset_none_is_made(@TempDir Path top) {
        String directory = top.resolve("web1").toString();

        assertThat(Limits.set(List.of(new LimitChange.Cpuset(top.toString(), directory)), new NoSystemd()))
                .startsWith("the cgroup " + directory + " cannot be made: ")
                .endsWith("all is as it was");
        assertThat(Path.of(directory)).doesNotExist();
    }

    @Test
    void who_cannot_be_moved_is_told(@TempDir Path top) throws IOException {
        Path from = Files.createDirectory(top.resolve("from"));
        Path to = Files.createDirectories(top.resolve("to/cgroup.procs")).getParent();
        Files.writeString(from.resolve("cgroup.procs"), "1\n");

        assertThat(Limits.set(
                        List.of(new LimitChange.Gathering(to.toString(), List.of(from.toString()))), new NoSystemd()))
                .startsWith("its processes cannot be moved to " + to + ": ");
    }

    @Test
    void systemd_is_told_and_what_it_rounds_is_written_again(@TempDir Path directory) throws IOException {
        Path quota = Files.writeString(directory.resolve("cpu.max"), "max 100000\n");
        NoSystemd systemd = new NoSystemd();
        systemd.onSet = () -> Files.writeString(quota, "34000 100000");
        var share = new Property.Amount("CPUQuotaPerSecUSec", 340_000);

        assertThat(Limits.set(
                        List.of(change(quota, "33333 100000"), new LimitChange.InUnit("a.scope", List.of(share))),
                        systemd))
                .isNull();

        assertThat(systemd.set).containsExactly("a.scope: " + share);
        assertThat(quota).hasContent("33333 100000");
    }

    @Test
    void what_systemd_refuses_is_put_back(@TempDir Path directory) throws IOException {
        Path pids = Files.writeString(directory.resolve("pids.max"), "5\n");
        NoSystemd systemd = new NoSystemd();
        systemd.onSet = () -> {
            throw new FailureException(FailureCode.SYSTEM, "unit a.scope", "systemd says: no", "");
        };

        assertThat(Limits.set(List.of(change(pids, "7"), new LimitChange.InUnit("a.scope", List.of())), systemd))
                .contains("unit a.scope: systemd says: no", "all is as it was");
        assertThat(pids).hasContent("5");
    }

    @Test
    void lines_of_schemata_are_put_back_as_they_were(@TempDir Path directory) throws IOException {
        Path schemata = Files.writeString(directory.resolve("schemata"), "    L3:0=f\n    MB:0=10\n");

        assertThat(Limits.set(
                        List.of(change(schemata, "MB:0=20\n"), change(directory.resolve("none"), "1")),
                        new NoSystemd()))
                .contains("all is as it was");
        assertThat(Files.readString(schemata)).isEqualTo("    L3:0=f\n    MB:0=10\n");
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
