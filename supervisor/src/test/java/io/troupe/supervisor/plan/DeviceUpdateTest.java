package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.supervisor.bundle.Resources.DeviceRule;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceUpdateTest {
    private static final DeviceRule NONE = new DeviceRule(false, 'a', -1, -1, "rwm");
    private static final DeviceRule ALL = new DeviceRule(true, 'a', -1, -1, "rwm");
    private static final DeviceRule FUSE = new DeviceRule(true, 'c', 10, 229, "rwm");
    private static final CgroupLayout V1 =
            new CgroupLayout(List.of(new Hierarchy(List.of("devices"), "/cg/devices", "/")), Optional.empty());
    private static final CgroupLayout V2 =
            new CgroupLayout(List.of(), Optional.of(new Hierarchy(List.of("pids"), "/cg", "/")));
    /** What the kernel lists for a container without rules of its own. */
    private static final String DEFAULT = """
            c *:* m
            b *:* m
            c 1:3 rwm
            c 1:5 rwm
            c 1:7 rwm
            c 1:8 rwm
            c 1:9 rwm
            c 5:0 rwm
            c 5:2 rwm
            c 136:* rwm
            """;

    private static HostFacts host(CgroupLayout layout, int uid) {
        return new HostFacts(
                "6.1", "boot", layout, 40, -1, true, uid, HostFacts.DELEGATE, new SecurityModules(false, false));
    }

    private static DeviceUpdate.Lines lines(String listed, DeviceRule... rules) {
        DeviceUpdate update = DeviceUpdate.of(
                        List.of(rules), host(V1, 0), List.of("/cg/devices/c"), file -> Optional.of(listed))
                .orElseThrow();
        return (DeviceUpdate.Lines) update.way();
    }

    private static List<String> there(String listed, DeviceRule... rules) {
        return text(lines(listed, rules).there());
    }

    private static List<String> text(List<DeviceUpdate.Line> lines) {
        return lines.stream()
                .map(line -> line.file().replace("/cg/devices/c/devices.", "") + " " + line.text())
                .toList();
    }

    @Test
    void rules_that_hold_are_not_written() {
        assertThat(there(DEFAULT, NONE)).isEmpty();
        assertThat(there(DEFAULT + "c 10:229 rwm\n", NONE, FUSE)).isEmpty();
        assertThat(there(DEFAULT + "c 10:229 rw\n", NONE, FUSE)).containsExactly("allow c 10:229 m");
    }

    @Test
    void what_is_new_is_allowed_before_what_is_not_wanted_any_more_is_denied() {
        DeviceUpdate.Lines lines = lines(DEFAULT + "b 8:* rw\n", NONE, FUSE);

        assertThat(text(lines.there())).containsExactly("allow c 10:229 rwm", "deny b 8:* rw");
        assertThat(text(lines.back())).containsExactly("allow b 8:* rw", "deny c 10:229 rwm");
    }

    @Test
    void what_others_have_and_the_rules_do_not_name_goes_with_them() {
        assertThat(there(DEFAULT + "c 10:200 rwm\n", FUSE)).containsExactly("allow c 10:229 rwm", "deny c 10:200 rwm");
    }

    @Test
    void a_later_rule_takes_what_an_earlier_one_gave_for_the_same_device_alone() {
        DeviceRule sound = new DeviceRule(true, 'c', 116, -1, "rwm");

        assertThat(there(DEFAULT, NONE, sound, new DeviceRule(false, 'c', 116, -1, "wm")))
                .containsExactly("allow c 116:* r");
        assertThat(there(DEFAULT, NONE, sound, new DeviceRule(false, 'c', 116, 1, "wm")))
                .containsExactly("allow c 116:* rwm");
        assertThat(there(DEFAULT, NONE, FUSE, NONE)).isEmpty();
    }

    @Test
    void all_is_written_as_a_whole() {
        DeviceRule noDisk = new DeviceRule(false, 'b', 8, 0, "w");

        assertThat(there(DEFAULT, ALL, noDisk)).containsExactly("allow a", "deny b 8:0 w");
        assertThat(there("a *:* rwm\n", NONE, FUSE)).startsWith("deny a", "allow c 10:229 rwm");
        assertThat(text(lines("a *:* rwm\n", NONE).back())).containsExactly("allow a");
    }

    @Test
    void on_version_2_they_are_a_program() {
        DeviceUpdate update = DeviceUpdate.of(List.of(NONE, FUSE), host(V2, 0), List.of("/cg/c"), _ -> Optional.empty())
                .orElseThrow();

        assertThat(update.directory()).isEqualTo("/cg/c");
        assertThat(update.text()).isEqualTo("deny a *:* rwm, allow c 10:229 rwm");
        assertThat(update.way())
                .isEqualTo(new DeviceUpdate.Program(DeviceProgram.of(DeviceRules.complete(List.of(NONE, FUSE)))));
    }

    @Test
    void who_may_not_rule_devices_is_asked_for_nothing_as_at_creation() {
        assertThat(DeviceUpdate.of(List.of(NONE), host(V2, 1000), List.of("/cg/c"), _ -> Optional.empty()))
                .isEmpty();
        assertThat(DeviceUpdate.of(List.of(), host(V2, 0), List.of(), _ -> Optional.empty()))
                .isEmpty();
    }

    @Test
    void without_a_cgroup_they_are_refused_by_name() {
        assertThatThrownBy(() -> DeviceUpdate.of(List.of(NONE), host(V1, 0), List.of(), _ -> Optional.empty()))
                .hasMessage("config.json: linux.resources.devices: the container has no cgroup of the controller"
                        + " devices. Remove the field");
    }
}
