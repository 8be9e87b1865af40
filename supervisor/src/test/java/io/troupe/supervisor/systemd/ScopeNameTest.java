package io.troupe.supervisor.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.protocol.FailureException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeNameTest {

    @ParameterizedTest
    @CsvSource({
        "machine.slice:libpod:1f, machine.slice, libpod-1f.scope, /machine.slice/libpod-1f.scope",
        "::web1, system.slice, web1.scope, /system.slice/web1.scope",
        "-.slice:cri:a, -.slice, cri-a.scope, /cri-a.scope",
        "a-b-c.slice:p:n, a-b-c.slice, p-n.scope, /a.slice/a-b.slice/a-b-c.slice/p-n.scope"
    })
    void a_path_names_a_unit_in_a_slice(String path, String slice, String unit, String cgroup) {
        ScopeName name = ScopeName.of(path, "system.slice");

        assertThat(name).isEqualTo(new ScopeName(slice, unit));
        assertThat(name.cgroup("")).isEqualTo(cgroup);
        assertThat(name.cgroup("/user.slice/u")).isEqualTo("/user.slice/u" + cgroup);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/web1",
                "a:b",
                "a.slice:b:",
                "a.slice:b:c.slice",
                "a:b:c",
                "../x.slice:b:c",
                "a.slice:b/../..:c",
                "-a.slice:b:c",
                "a-.slice:b:c",
                "a--b.slice:b:c",
                ".slice:b:c",
                "a.slice:b:c d",
                "a.slice:b:c:d"
            })
    void another_is_refused(String path) {
        assertThatThrownBy(() -> ScopeName.of(path, "system.slice"))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("config.json: linux.cgroupsPath \"" + path + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/web1 | it has to be SLICE:PREFIX:NAME for systemd",
                "a.slice:b:c.slice | a slice holds no process",
                "a.slice:b:c d | systemd takes no unit of the name b-c d.scope",
                "a-.slice:b:c | \"a-.slice\" is no slice"
            })
    void why_is_told(String path, String words) {
        assertThatThrownBy(() -> ScopeName.of(path, "system.slice"))
                .hasMessage("config.json: linux.cgroupsPath \"" + path + "\": " + words
                        + ". Write it like machine.slice:troupe:web1, or leave out --systemd-cgroup");
    }

    @Test
    void what_no_unit_may_be_called_is_escaped() {
        assertThat(ScopeName.escaped("a+b_c.d-1\\")).isEqualTo("a\\x2bb_c.d-1\\x5c");
    }
}
