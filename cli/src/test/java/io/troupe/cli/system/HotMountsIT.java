package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mounts that a container gets, and loses, while it lives. */
@RootTest
class HotMountsIT {

    private static Path list(Troupe troupe, String json) throws IOException {
        return Files.writeString(Files.createTempFile(troupe.directory(), "mounts", ".json"), json);
    }

    private static Result mounts(Troupe troupe, String word, String id, String json) throws IOException {
        return troupe.run("mounts", word, id, list(troupe, json).toString());
    }

    private static String source(Troupe troupe) throws IOException {
        Path source = Host.openDirectory(Files.createTempDirectory(troupe.directory(), "source"));
        Files.writeString(source.resolve("file"), "of the host\n");
        return source.toString();
    }

    private static String exec(Troupe troupe, String id, String line) {
        return troupe.run("exec", id, "sh", "-c", line).succeeds().out();
    }

    @Test
    void a_bind_comes_and_goes(Troupe troupe) throws IOException {
        troupe.runDetached("bind", Bundle.sleeping(troupe.directory()).set("/root/readonly", "false"));
        String json = """
                [{"destination": "/mnt/hot", "source": "%s", "options": ["bind", "ro", "nosuid"]},
                 {"destination": "/mnt/hot.file", "type": "bind", "source": "%s/file"}]""".formatted(source(troupe), source(troupe));

        mounts(troupe, "add", "bind", json).succeeds();

        assertThat(exec(troupe, "bind", "cat /mnt/hot/file /mnt/hot.file")).isEqualTo("of the host\nof the host\n");
        assertThat(exec(troupe, "bind", "grep ' /mnt/hot ' /proc/self/mounts")).contains(" ro,nosuid");
        mounts(troupe, "remove", "bind", json).succeeds();
        assertThat(exec(troupe, "bind", "ls /mnt/hot; cat /mnt/hot.file; grep -c /mnt/hot /proc/self/mounts || true"))
                .isEqualTo("0\n");
    }

    @Test
    void history_tells_what_came_went_and_failed_after_a_restart_too(Troupe troupe) throws IOException {
        troupe.runDetached("told", Bundle.sleeping(troupe.directory()).set("/root/readonly", "false"));
        String tmpfs = "[{\"destination\": \"/mnt/t\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}]";

        mounts(troupe, "add", "told", tmpfs).succeeds();
        mounts(troupe, "remove", "told", tmpfs).succeeds();
        mounts(troupe, "remove", "told", tmpfs).failsWithOneLine();
        troupe.killSupervisor();

        assertThat(troupe.run("history", "told").succeeds().out())
                .contains("/mnt/t was mounted", "/mnt/t was unmounted", "not all was unmounted of /mnt/t: ");
        troupe.run("delete", "--force", "told").succeeds();
    }

    @Test
    void a_new_file_system(Troupe troupe) throws IOException {
        troupe.runDetached("new", Bundle.sleeping(troupe.directory()).set("/root/readonly", "false"));

        mounts(troupe, "add", "new", """
                [{"destination": "/mnt/t", "type": "tmpfs", "source": "tmpfs", "options": ["size=64k", "noexec"]}]""").succeeds();

        assertThat(exec(troupe, "new", "grep ' /mnt/t ' /proc/self/mounts")).contains("tmpfs", "noexec", "size=64k");
    }

    @Test
    void of_a_container_with_a_user_namespace(Troupe troupe) throws IOException {
        Bundle bundle = Bundle.sleeping(troupe.directory())
                .add("/linux/namespaces", "{\"type\": \"user\"}")
                .set("/linux/uidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]")
                .set("/linux/gidMappings", "[{\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}]");
        troupe.runDetached("user", bundle);

        mounts(
                        troupe,
                        "add",
                        "user",
                        "[{\"destination\": \"/tmp\", \"source\": \"%s\", \"options\": [\"bind\"]}]"
                                .formatted(source(troupe)))
                .succeeds();

        assertThat(exec(troupe, "user", "cat /tmp/file")).isEqualTo("of the host\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "add | {} | mounts.json: mounts: is an object, not a list",
                "add | [] | is empty, or not alone in the file",
                "add | [], \"more\": [] | is empty, or not alone in the file",
                "add | [{\"destination\": \"/mnt\", \"type\": \"proc\"}] | proc would show the host's namespaces",
                "add | [{\"destination\": \"/proc/kcore\", \"type\": \"tmpfs\"}] | may not be covered",
                "add | [{\"destination\": \"/\", \"type\": \"tmpfs\"}] | is the root itself",
                "add | [{\"destination\": \"/mnt\", \"type\": \"tmpfs\", \"options\": [\"tmpcopyup\"]}] | is for create alone",
                "add | [{\"destination\": \"/mnt\", \"source\": \"/no/such\", \"options\": [\"bind\"]}] | open /no/such",
                "remove | [{\"destination\": \"/etc\"}] | unmount /etc: Invalid argument (EINVAL)",
                "remove | [{\"destination\": \"/proc/kcore\"}] | may not be covered",
                "remove | [{\"destination\": \"/mnt/link/kcore\"}] | Too many levels of symbolic links (ELOOP)"
            })
    void what_cannot_be_done_is_told(String word, String json, String told, Troupe troupe) throws IOException {
        if (!troupe.ids().contains("fixed")) {
            Bundle bundle = Bundle.sleeping(troupe.directory());
            Files.createSymbolicLink(bundle.rootfs().resolve("mnt/link"), Path.of("/proc"));
            troupe.runDetached("fixed", bundle);
        }

        assertThat(mounts(troupe, word, "fixed", json).failsWithOneLine().err()).contains(told);
    }

    @Test
    void a_mount_point_cannot_be_made_on_a_read_only_root(Troupe troupe) throws IOException {
        troupe.runDetached("sealed", Bundle.sleeping(troupe.directory()));

        assertThat(mounts(troupe, "add", "sealed", "[{\"destination\": \"/mnt/none\", \"type\": \"tmpfs\"}]")
                        .failsWithOneLine()
                        .err())
                .contains("Read-only file system (EROFS)");
    }

    @Test
    void only_while_it_lives(Troupe troupe) throws IOException {
        troupe.run(
                        "run",
                        "--keep",
                        "--bundle",
                        Bundle.running(troupe.directory(), "/bin/true").path().toString(),
                        "over")
                .succeeds();
        String json = "[{\"destination\": \"/mnt\", \"type\": \"tmpfs\"}]";

        assertThat(mounts(troupe, "add", "over", json).failsWithOneLine().err())
                .contains("cannot change mounts: it has no process");
        assertThat(mounts(troupe, "add", "nobody", json).failsWithOneLine().err())
                .contains("it does not exist");
        assertThat(troupe.run("mounts", "add", "over", "/no/such")
                        .failsWithOneLine()
                        .err())
                .isEqualTo("troupe: /no/such: it is missing. Name a readable JSON file with a list of mounts\n");
    }
}
