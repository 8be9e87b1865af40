package io.troupe.supervisor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private static final int ROOT = 0;
    private static final int USER = 1000;

    @Test
    void root_uses_the_directories_of_the_system() {
        Settings settings = Settings.parse(List.of("--home", "/opt/troupe"), Map.of(), ROOT, false);
        assertThat(settings)
                .isEqualTo(
                        new Settings(Path.of("/opt/troupe"), Path.of("/run/troupe"), Path.of("/var/lib/troupe"), null));
    }

    @Test
    void a_user_gets_directories_of_his_own() {
        Settings settings = Settings.parse(
                List.of("--home", "/opt/troupe"),
                Map.of("XDG_RUNTIME_DIR", "/run/user/1000", "HOME", "/home/u"),
                USER,
                false);
        assertThat(settings.run()).isEqualTo(Path.of("/run/user/1000/troupe"));
        assertThat(settings.data()).isEqualTo(Path.of("/home/u/.local/share/troupe"));
    }

    @Test
    void options_win_over_the_environment() {
        Settings settings = Settings.parse(
                List.of("--home", "/h", "--run", "/a", "--data", "/b", "--idle-timeout", "7"),
                Map.of("TROUPE_RUN", "/c", "TROUPE_DATA", "/d"),
                ROOT,
                false);
        assertThat(settings)
                .isEqualTo(new Settings(Path.of("/h"), Path.of("/a"), Path.of("/b"), Duration.ofSeconds(7)));
    }

    @Test
    void who_was_started_by_a_client_leaves_when_idle() {
        Settings settings = Settings.parse(List.of("--home", "/h"), Map.of("TROUPE_READY_FD", "5"), ROOT, false);
        assertThat(settings.idleTimeout()).isEqualTo(Settings.DEFAULT_IDLE);
    }

    @Test
    void what_is_wrong_is_said_in_one_line() {
        assertThatThrownBy(() -> Settings.parse(List.of("--hom"), Map.of(), ROOT, false))
                .hasMessage("supervisor: unknown option \"--hom\". Use --run, --data, --idle-timeout SECONDS");
        assertThatThrownBy(() -> Settings.parse(List.of("--home"), Map.of(), ROOT, false))
                .hasMessage("supervisor: missing value after --home. Give one");
        assertThatThrownBy(() -> Settings.parse(List.of("--home", "/h", "--idle-timeout", "0"), Map.of(), ROOT, false))
                .hasMessage("supervisor: --idle-timeout \"0\" is not a number of seconds, 1 or more. Give one");
        assertThatThrownBy(() -> Settings.parse(List.of("--home", "/h"), Map.of("HOME", "/r"), ROOT, true))
                .hasMessage("supervisor: XDG_RUNTIME_DIR is not set. Set it, or TROUPE_RUN to a directory of yours");
    }

    @Test
    void a_user_without_a_session_has_a_directory_in_tmp() {
        Settings settings = Settings.parse(List.of("--home", "/h"), Map.of("HOME", "/home/u"), USER, false);
        assertThat(settings.run()).isEqualTo(Path.of("/tmp/troupe-" + USER));
    }

    @Test
    void root_of_a_user_namespace_is_neither_root_nor_the_user() {
        Settings settings = Settings.parse(
                List.of("--home", "/h"), Map.of("XDG_RUNTIME_DIR", "/run/user/1000", "HOME", "/home/u"), ROOT, true);
        assertThat(settings.run()).isEqualTo(Path.of("/run/user/1000/troupe-userns"));
        assertThat(settings.data()).isEqualTo(Path.of("/home/u/.local/share/troupe-userns"));
    }

    /** podman's clean-up after a container has no HOME. */
    @Test
    void without_a_home_the_journal_is_where_the_last_supervisor_had_it(@TempDir Path runtime) throws IOException {
        Path run = Files.createDirectory(runtime.resolve("troupe-userns"));
        Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", runtime.toString());
        assertThatThrownBy(() -> Settings.parse(List.of("--home", "/h"), environment, ROOT, true))
                .hasMessage("supervisor: neither XDG_DATA_HOME nor HOME is set. Set one, or TROUPE_DATA to a directory"
                        + " of yours");

        DataLink.set(run, Path.of("/before"));
        DataLink.set(run, Path.of("/home/u/journal"));

        assertThat(Settings.parse(List.of("--home", "/h"), environment, ROOT, true)
                        .data())
                .isEqualTo(Path.of("/home/u/journal"));
    }
}
