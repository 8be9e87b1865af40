package io.troupe.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.syscall.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain directories stand for cgroups: to rmdir(2) they are the same. */
class RemovalTest {
    private final NoSystemd systemd = new NoSystemd();

    @TempDir
    Path host;

    private EventLoop loop;
    private Path directory;

    @BeforeEach
    void open() throws IOException {
        loop = new EventLoop("test", problem -> {
            throw new AssertionError(problem);
        });
        directory = Files.createDirectory(host.resolve("web1"));
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private List<String> remove(Path... cgroups) {
        return Removal.remove(
                new Footprint(
                        directory.toString(),
                        List.of(cgroups).stream().map(Path::toString).toList()),
                loop,
                systemd);
    }

    @Test
    void files_sockets_and_links_go_and_what_a_link_names_stays() throws IOException {
        Path kept = Files.createFile(host.resolve("kept"));
        Files.createFile(directory.resolve("config.json"));
        Files.createSymbolicLink(directory.resolve("link"), kept);
        new GateKeeper(directory).close();

        assertThat(remove()).isEmpty();

        assertThat(directory).doesNotExist();
        assertThat(kept).exists();
    }

    @Test
    void systemd_is_asked_for_its_scope_alone() {
        assertThat(remove()).isEmpty();
        assertThat(systemd.stopped).isEmpty();

        assertThat(Removal.remove(new Footprint(directory.toString(), List.of(), "a.scope"), loop, systemd))
                .isEmpty();
        assertThat(systemd.stopped).containsExactly("a.scope");
    }

    @Test
    void groups_of_resctrl_go_one_after_the_other_and_one_that_resists_is_told() throws IOException {
        Path group = Files.createDirectories(host.resolve("rdt/web1"));
        Path inner = Files.createDirectories(group.resolve("web1"));
        Path busy = Files.createDirectories(host.resolve("rdt/busy/x")).getParent();

        assertThat(Removal.remove(
                        new Footprint(
                                directory.toString(),
                                List.of(),
                                "",
                                List.of(inner.toString(), busy.toString(), group.toString()),
                                List.of()),
                        loop,
                        systemd))
                .containsExactly("resctrl group " + busy + ": it is in use");

        assertThat(group).doesNotExist();
        assertThat(directory).doesNotExist();
    }

    @Test
    void what_is_gone_already_is_no_failure() {
        assertThat(remove(host.resolve("cgroup"))).isEmpty();
        assertThat(remove(host.resolve("cgroup"))).isEmpty();
    }

    @Test
    void a_link_in_the_place_of_the_directory_is_left_alone() throws IOException {
        Path other = Files.createDirectory(host.resolve("other"));
        Files.createFile(other.resolve("kept"));
        Files.delete(directory);
        Files.createSymbolicLink(directory, other);

        remove();

        assertThat(other.resolve("kept")).exists();
    }

    @Test
    void empty_cgroups_go_and_those_below_a_used_one_with_it() throws IOException {
        Path empty = Files.createDirectory(host.resolve("empty"));
        Path used = Files.createDirectory(host.resolve("used"));
        Files.createDirectory(used.resolve("made-by-the-container"));

        assertThat(remove(empty, used)).isEmpty();

        assertThat(empty).doesNotExist();
        assertThat(used).doesNotExist();
    }

    @Test
    void what_resists_is_told_and_does_not_save_the_rest() throws IOException {
        Path cgroup = Files.createDirectory(host.resolve("cgroup"));
        Files.createFile(Files.createDirectory(directory.resolve("unexpected")).resolve("file"));

        assertThat(remove(cgroup)).containsExactly("directory " + directory + ": " + directory.resolve("unexpected"));
        assertThat(cgroup).doesNotExist();
        assertThat(directory.resolve("unexpected/file")).exists();
    }
}
