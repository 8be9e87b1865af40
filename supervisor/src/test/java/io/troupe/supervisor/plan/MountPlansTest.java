package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.supervisor.bundle.ConfigReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountPlansTest {
    private static final long NEW_MOUNTS = 0x20000;

    private static LaunchPlan add(String json) {
        return MountPlans.add(ConfigReader.mounts(json.getBytes(StandardCharsets.UTF_8), "/bundle"));
    }

    @Test
    void they_are_made_outside_and_attached_inside_in_the_same_order() {
        LaunchPlan plan = add("""
                [{"destination": "/a", "source": "data", "options": ["rbind", "ro"]},
                 {"destination": "b", "type": "tmpfs", "options": ["size=1m"]}]""");

        assertThat(plan.clones()).isFalse();
        assertThat(plan.before())
                .containsExactly(
                        new Step.OpenTree("/bundle/data", true, 1, 0, 0, 0, 0),
                        new Step.NewTree("tmpfs", "none", 0, List.of("size=1m"), 0));
        assertThat(plan.join())
                .containsExactly(
                        new Step.JoinProcess(NEW_MOUNTS), new Step.AttachTree("/a"), new Step.AttachTree("/b"));
    }

    @Test
    void the_last_destination_is_taken_away_first() {
        byte[] json = "[{\"destination\": \"/a\"}, {\"destination\": \"/a/b\"}]".getBytes(StandardCharsets.UTF_8);

        assertThat(MountPlans.remove(ConfigReader.destinations(json)).join())
                .containsExactly(new Step.JoinProcess(NEW_MOUNTS), new Step.Detach("/a/b"), new Step.Detach("/a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"src-nofollow", "dest-nofollow", "copy-symlink", "remount", "idmap=uids=0-1-1;gids=0-1-1"})
    void words_that_only_create_obeys_are_refused(String word) {
        assertThatThrownBy(() -> add(
                        "[{\"destination\": \"/a\", \"source\": \"/b\", \"options\": [\"bind\", \"" + word + "\"]}]"))
                .hasMessageContaining("is not served for a container that lives");
    }

    @Test
    void copies_of_what_was_there_are_made_at_creation_alone() {
        assertThatThrownBy(() -> add("[{\"destination\": \"/a\", \"type\": \"tmpfs\", \"options\": [\"tmpcopyup\"]}]"))
                .hasMessageContaining("mounts[0].options: tmpcopyup is for create alone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redonly", "mode=755"})
    void what_binds_take_no_notice_of_is_refused(String word) {
        assertThatThrownBy(() -> add(
                        "[{\"destination\": \"/a\", \"source\": \"/b\", \"options\": [\"bind\", \"" + word + "\"]}]"))
                .hasMessageContaining("mounts[0].options[1]: \"" + word + "\" is not an option of bind mounts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"proc", "sysfs", "mqueue", "devpts", "cgroup", "cgroup2"})
    void file_systems_that_show_namespaces_are_refused(String type) {
        assertThatThrownBy(() -> add("[{\"destination\": \"/a\", \"type\": \"" + type + "\"}]"))
                .hasMessageContaining("mounts[0].type: " + type + " would show the host's namespaces");
    }
}
