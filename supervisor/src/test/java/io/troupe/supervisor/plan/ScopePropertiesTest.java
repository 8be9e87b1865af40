package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.systemd.Property;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopePropertiesTest {

    private static List<Property> of(String file, String value) {
        return ScopeProperties.of(List.of(ControlWrite.of("field", "controller", file, value)));
    }

    @ParameterizedTest
    @CsvSource({
        "memory.max, 67108864, MemoryMax, 67108864",
        "memory.max, max, MemoryMax, -1",
        "memory.low, 1, MemoryLow, 1",
        "memory.swap.max, 0, MemorySwapMax, 0",
        "memory.limit_in_bytes, -1, MemoryLimit, -1",
        "cpu.weight, 59, CPUWeight, 59",
        "pids.max, 33, TasksMax, 33"
    })
    void a_limit_is_an_amount(String file, String value, String property, long amount) {
        assertThat(of(file, value)).containsExactly(new Property.Amount(property, amount));
    }

    @Test
    void members_are_numbers() {
        assertThatThrownBy(() -> of("cpuset.cpus", "0-one"))
                .hasMessage("config.json: linux.resources: cpuset.cpus: \"0-one\" is no list of numbers and ranges."
                        + " Write it like 0-3,6");
    }

    @ParameterizedTest
    @CsvSource({
        "30000 60000, 500000, 60000",
        "max 50000, -1, 50000",
        "12345 100000, 130000, 100000",
    })
    void a_quota_is_a_share_of_each_second(String value, long share, long period) {
        assertThat(of("cpu.max", value))
                .containsExactly(
                        new Property.Amount("CPUQuotaPerSecUSec", share),
                        new Property.Amount("CPUQuotaPeriodUSec", period));
    }

    @Test
    void processors_are_members() {
        assertThat(of("cpuset.cpus", "0-2,7"))
                .containsExactly(new Property.Members("AllowedCPUs", new TreeSet<>(List.of(0, 1, 2, 7))));
        assertThatThrownBy(() -> of("cpuset.cpus", "all"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("config.json: linux.resources: cpuset.cpus: \"all\" is no list");
    }

    @Test
    void what_systemd_has_no_property_for_is_left_to_us() {
        assertThat(of("hugetlb.2MB.max", "0")).isEmpty();
        assertThat(of("io.max", "8:0 rbps=1")).isEmpty();
    }

    @Nested
    class Annotations {

        private static List<Property> annotated(String name, String value) {
            return ScopeAnnotations.of(new TreeMap<>(Map.of("org.systemd.property." + name, value, "other", "x")));
        }

        @Test
        void are_properties_by_their_type() {
            assertThat(annotated("CollectMode", "'inactive'"))
                    .containsExactly(new Property.Text("CollectMode", "inactive"));
            assertThat(annotated("After", "['a.service', \"b.service\"]"))
                    .containsExactly(new Property.Texts("After", List.of("a.service", "b.service")));
            assertThat(annotated("DefaultDependencies", "true"))
                    .containsExactly(new Property.Flag("DefaultDependencies", true));
            assertThat(annotated("KillSignal", "15")).containsExactly(new Property.Whole("KillSignal", 15));
            assertThat(annotated("TimeoutStopUSec", "uint64 123456789"))
                    .containsExactly(new Property.Amount("TimeoutStopUSec", 123_456_789));
            assertThat(annotated("TimeoutStopSec", "5"))
                    .containsExactly(new Property.Amount("TimeoutStopUSec", 5_000_000));
        }

        /** CVE-2024-3154, CVE-2023-6476. */
        @ParameterizedTest
        @ValueSource(strings = {"ExecStopPost", "MemoryMax", "Slice", "Delegate", "DeviceAllow", "Wants", "PIDs", ""})
        void may_not_set_others(String name) {
            assertThatThrownBy(() -> annotated(name, "1"))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining("config.json: annotations[\"org.systemd.property." + name + "\"]");
        }

        @ParameterizedTest
        @CsvSource({
            "CollectMode, inactive",
            "After, 'a.service'",
            "SendSIGHUP, 1",
            "KillSignal, \"15\"",
            "KillSignal, -1"
        })
        void are_refused_with_a_value_of_another_type(String name, String value) {
            assertThatThrownBy(() -> annotated(name, value))
                    .isInstanceOf(FailureException.class)
                    .hasMessageContaining("is not of the property's type");
        }
    }
}
