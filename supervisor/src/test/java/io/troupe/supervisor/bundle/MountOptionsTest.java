package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MountOptionsTest {

    @Test
    void access_times_clear_the_whole_field() {
        assertThat(read("bind", "noatime"))
                .isEqualTo(new MountOptions(true, false, 0x10, 0x70, 0, 0, 0, List.of(), false));
        assertThat(read("bind", "noatime", "strictatime").set()).isEqualTo(0x20);
        assertThat(read("bind", "relatime"))
                .isEqualTo(new MountOptions(true, false, 0, 0x70, 0, 0, 0, List.of(), false));
    }

    @Test
    void a_later_word_overrides_an_earlier_one() {
        assertThat(read("bind", "ro", "rw")).isEqualTo(new MountOptions(true, false, 0, 1, 0, 0, 0, List.of(), false));
        assertThat(read("bind", "suid", "nosuid"))
                .isEqualTo(new MountOptions(true, false, 2, 0, 0, 0, 0, List.of(), false));
    }

    @Test
    void words_with_r_are_for_the_whole_tree() {
        assertThat(read("rbind", "rro", "rexec", "rslave"))
                .isEqualTo(new MountOptions(true, true, 0, 0, 1, 8, 0x8_4000, List.of(), false));
    }

    @Test
    void relatime_is_not_the_recursive_form_of_anything() {
        assertThat(read("bind", "relatime").clearAll()).isZero();
        assertThat(read("bind", "rrelatime").clearAll()).isEqualTo(0x70);
    }

    @Test
    void the_rest_is_data() {
        assertThat(read("nosuid", "defaults", "mode=755", "size=65536k", "sync").data())
                .containsExactly("mode=755", "size=65536k", "sync");
    }

    @Test
    void a_copy_is_no_data() {
        assertThat(read("tmpcopyup", "mode=755"))
                .isEqualTo(new MountOptions(false, false, 0, 0, 0, 0, 0, List.of("mode=755"), true));
    }

    private static MountOptions read(String... words) {
        MountOptions.Builder builder = new MountOptions.Builder(false);
        List.of(words).forEach(builder::add);
        return builder.build();
    }
}
