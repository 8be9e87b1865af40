package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupStatisticsTest {

    private static String of(Path cgroup, boolean unified) {
        return CgroupStatistics.of(List.of(cgroup.toString()), unified, Map.of())
                .toString();
    }

    private static void write(Path cgroup, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(cgroup.resolve(file.getKey()), file.getValue() + "\n");
        }
    }

    @Test
    void version_2_is_told_in_the_layout_of_version_1(@TempDir Path cgroup) throws IOException {
        write(
                cgroup,
                Map.of(
                        "cpu.stat", "usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_periods 0",
                        "memory.max", "max",
                        "memory.current", "100",
                        "memory.peak", "120",
                        "memory.swap.max", "max",
                        "memory.swap.current", "1",
                        "memory.stat", "anon 7\nfile 9",
                        "pids.current", "2",
                        "pids.max", "max",
                        "io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0"));
        write(
                cgroup,
                Map.of(
                        "cpu.pressure", "some avg10=0.50 avg60=0.00 avg300=0.00 total=6",
                        "hugetlb.2MB.current", "0",
                        "hugetlb.2MB.events", "max 3"));

        assertThat(of(cgroup, true))
                .contains("usage={total=5000, kernel=2000, user=3000}, throttling={}")
                .contains("psi={some={avg10=0.5, avg60=0.0, avg300=0.0, total=6}}")
                .contains("cache=9, usage={limit=18446744073709551615, usage=100, max=120, failcnt=0}")
                .contains("swap={limit=18446744073709551615, usage=101, failcnt=0}")
                .contains("raw={anon=7, file=9}")
                .contains("pids={current=2}")
                .contains("ioServiceBytesRecursive=[{major=8, op=Read, value=1}, {major=8, op=Write, value=2}")
                .contains("ioServicedRecursive=[{major=8, op=Read, value=3}")
                .contains("hugetlb={2MB={failcnt=3}}");
    }

    @Test
    void version_1_is_told_as_it_is(@TempDir Path cgroup) throws IOException {
        write(
                cgroup,
                Map.of(
                        "cpuacct.usage", "30",
                        "cpuacct.usage_percpu", "10 20",
                        "cpuacct.usage_all", "cpu user system\n0 4 6\n1 9 11",
                        "cpuacct.stat", "user 1\nsystem 2",
                        "cpu.stat", "nr_periods 5\nnr_throttled 1\nthrottled_time 9",
                        "cpuset.cpus", "0-1,3",
                        "memory.limit_in_bytes", "64",
                        "memory.usage_in_bytes", "32",
                        "pids.max", "7",
                        "blkio.throttle.io_serviced_recursive", "8:16 Read 5\nTotal 5"));

        assertThat(of(cgroup, false))
                .contains("usage={total=30, percpu=[10, 20], percpu_kernel=[6, 11], percpu_user=[4, 9]")
                .contains("kernel=20000000, user=10000000}")
                .contains("throttling={periods=5, throttledPeriods=1, throttledTime=9}")
                .contains("cpuset={cpus=[0, 1, 3], cpu_exclusive=0")
                .contains("usage={limit=64, usage=32, failcnt=0}")
                .contains("pids={limit=7}")
                .contains("ioServicedRecursive=[{major=8, minor=16, op=Read, value=5}]");
    }

    @Test
    void what_is_not_there_is_nothing(@TempDir Path cgroup) {
        assertThat(of(cgroup, true)).contains("pids={}", "blkio={}", "hugetlb={}", "failcnt=0");
        assertThat(of(cgroup, false)).contains("pids={}", "blkio={}", "hugetlb={}", "failcnt=0");
    }
}
