package io.troupe.supervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.FileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResctrlTest {
    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void it_is_found_wherever_it_is_mounted() {
        String mounts = """
                22 1 8:1 / / rw - ext4 /dev/sda1 rw
                30 22 0:30 / /elsewhere/rdt rw,nosuid shared:9 - resctrl resctrl rw
                """;
        assertThat(Resctrl.find(mounts)).isEqualTo(new Resctrl("/elsewhere/rdt", FileSystems.RDTGROUP_SUPER_MAGIC));
        assertThat(Resctrl.find("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n")).isNull();
    }

    @Test
    void the_root_is_a_group_too() {
        Resctrl resctrl = new Resctrl("/r", 1);
        assertThat(resctrl.directory("/")).isEqualTo("/r");
        assertThat(resctrl.directory("gold")).isEqualTo("/r/gold");
    }

    @Test
    void the_kernels_reason_is_read_from_wherever_a_group_is() throws IOException {
        write("info/last_cmd_status", "Mask out of range\n");
        for (String file : new String[] {"schemata", "gold/schemata", "gold/mon_groups/a/tasks"}) {
            assertThat(Resctrl.reason(root.resolve(file).toString())).contains("Mask out of range");
        }
        write("info/last_cmd_status", "ok\n");
        assertThat(Resctrl.reason(root.resolve("schemata").toString())).isEmpty();
        assertThat(Resctrl.reason("/proc/self/oom_score_adj")).isEmpty();
    }

    @Test
    void statistics_have_the_layout_of_runc() throws IOException {
        write("schemata", "    L3:0=fff;1=fff\n    MB:0=100;1=100\n");
        write("gold/schemata", "    L3:0=f;1=fff\n    MB:0= 20;1=100\n");
        write("info/L3/cbm_mask", "fff\n");
        write("info/L3/min_cbm_bits", "1\n");
        write("info/L3/num_closids", "16\n");
        write("info/MB/bandwidth_gran", "10\n");
        write("info/MB/delay_linear", "1\n");
        write("info/MB/min_bandwidth", "10\n");
        write("info/MB/num_closids", "8\n");
        write("info/L3_MON/mon_features", "llc_occupancy\nmbm_total_bytes\n");
        write("gold/mon_groups/a/mon_data/mon_L3_00/llc_occupancy", "4096\n");
        write("gold/mon_groups/a/mon_data/mon_L3_00/mbm_total_bytes", "77\n");
        write("gold/mon_groups/a/mon_data/mon_L3_01/llc_occupancy", "Unavailable\n");
        write("gold/mon_groups/a/mon_data/mon_L3_01/mbm_total_bytes", "5\n");

        assertThat(ResctrlStatistics.of(new Resctrl(root.toString(), 0), root + "/gold", root + "/gold/mon_groups/a")
                        .toString())
                .isEqualTo("{l3_cache_info={cbm_mask=fff, min_cbm_bits=1, num_closids=16},"
                        + " l3_cache_schema_root=L3:0=fff;1=fff, l3_cache_schema=L3:0=f;1=fff,"
                        + " mem_bw_info={bandwidth_gran=10, delay_linear=1, min_bandwidth=10, num_closids=8},"
                        + " mem_bw_schema_root=MB:0=100;1=100, mem_bw_schema=MB:0= 20;1=100,"
                        + " schemata=[L3:0=f;1=fff, MB:0= 20;1=100],"
                        + " mbm_stats=[{mbm_total_bytes=77, mbm_local_bytes=0},"
                        + " {mbm_total_bytes=5, mbm_local_bytes=0}],"
                        + " cmt_stats=[{llc_occupancy=4096}, {llc_occupancy=0}]}");
    }

    @Test
    void what_the_host_has_not_got_is_left_out() throws IOException {
        write("schemata", "    L2:0=ff\n");
        assertThat(ResctrlStatistics.of(new Resctrl(root.toString(), 0), root.toString(), root.toString())
                        .toString())
                .isEqualTo("{schemata=[L2:0=ff]}");
    }
}
