package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A journal that cannot be read or written is told in one line, and costs no container. */
@RootTest
class JournalIT {
    /** Of a container whose intent finds no room in the journal. */
    private static final String UNRECORDED =
            "unrecorded-" + ProcessHandle.current().pid();

    @Test
    void a_data_directory_that_is_a_file() throws IOException {
        Troupe troupe = new Troupe();
        Files.writeString(troupe.dataDirectory(), "not a directory");

        troupe.run("list").failsWithOneLine();

        Files.delete(troupe.dataDirectory());
        troupe.close();
    }

    @Test
    void a_journal_of_garbage() throws IOException {
        try (Troupe troupe = new Troupe()) {
            troupe.run("run", "--rootfs", "/", "before", "--", "true").succeeds();
            troupe.run("supervisor", "stop").succeeds();
            Path journal = journal(troupe);
            byte[] kept = Files.readAllBytes(journal);
            Files.writeString(journal, "garbage ".repeat(kept.length / 8));

            assertThat(troupe.run("list").failsWithOneLine().err())
                    .contains(journal.getFileName().toString());

            Files.write(journal, kept);
            assertThat(troupe.run("history", "before").succeeds().out()).containsIgnoringCase("deleted");
        }
    }

    @Test
    void one_container_whose_record_is_damaged() throws Exception {
        try (Troupe troupe = new Troupe()) {
            troupe.runDetached("harmed", Bundle.sleeping(troupe.directory()));
            troupe.runDetached("beside", Bundle.sleeping(troupe.directory()));
            int pid = troupe.pid("harmed");
            troupe.run("supervisor", "stop").succeeds();
            change(troupe, "payload || ' '");

            // The first one starts the supervisor, which waits for no reading that has failed.
            for (String command : new String[] {"state", "kill", "wait", "start", "state"}) {
                assertThat(troupe.run(command, "harmed").failsWithOneLine().err())
                        .as(command)
                        .contains("container|harmed, event 1) is damaged");
            }
            assertThat(troupe.status("beside")).isEqualTo("running");
            assertThat(Host.runs(pid)).isTrue();

            troupe.run("supervisor", "stop").succeeds();
            change(troupe, "rtrim(payload)");
            assertThat(troupe.pid("harmed")).isEqualTo(pid);
        }
    }

    private static void change(Troupe troupe, String payload) throws Exception {
        try (Connection journal = DriverManager.getConnection("jdbc:sqlite:" + journal(troupe));
                Statement statement = journal.createStatement()) {
            int rows = statement.executeUpdate("UPDATE events SET payload = " + payload + " WHERE seq_nr = 1"
                    + " AND stream = (SELECT id FROM streams WHERE persistence_id = 'container|harmed')");
            assertThat(rows).isEqualTo(1);
        }
    }

    private static Path journal(Troupe troupe) throws IOException {
        try (Stream<Path> files = Files.walk(troupe.dataDirectory())) {
            return files.filter(JournalIT::isDatabase).findFirst().orElseThrow();
        }
    }

    /** The first bytes of every SQLite database (sqlite.org/fileformat2.html). */
    private static boolean isDatabase(Path file) {
        try (var in = Files.isRegularFile(file) ? Files.newInputStream(file) : java.io.InputStream.nullInputStream()) {
            return new String(in.readNBytes(15), java.nio.charset.StandardCharsets.US_ASCII).equals("SQLite format 3");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_full_disk() throws IOException {
        Path disk = Host.openDirectory(Files.createTempDirectory("troupe-it-disk-"));
        Call.of("mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", disk.toString())
                .run()
                .succeeds();
        try (Troupe troupe = new Troupe(disk.resolve("data"))) {
            fill(disk.resolve("filler"), troupe);
        } finally {
            // Lazily, because a supervisor that the test could not stop may have files open there.
            Call.of("umount", "--lazy", disk.toString()).run().succeeds();
            Files.delete(disk);
        }
    }

    private static void fill(Path filler, Troupe troupe) throws IOException {
        Bundle bundle = Bundle.sleeping(troupe.directory());
        troupe.runDetached("older", bundle);
        int pid = troupe.pid("older");
        Call.of("dd", "if=/dev/zero", "of=" + filler, "bs=4k").run().exits(1);
        try {
            // The journal's last page may still have room for some events.
            Result full = Stream.generate(() -> troupe.run("kill", "older", "CONT"))
                    .limit(200)
                    .filter(result -> result.exit() != 0)
                    .findFirst()
                    .orElseThrow();
            full.failsWithOneLine();
            troupe.run("create", "--bundle", bundle.path().toString(), UNRECORDED)
                    .failsWithOneLine();
            assertThat(troupe.runDirectory().resolve("c").resolve(UNRECORDED)).doesNotExist();
            assertThat(cgroups(UNRECORDED)).isEmpty();
            assertThat(Host.runs(pid)).isTrue();
        } finally {
            Files.delete(filler);
        }
        troupe.killSupervisor();
        assertThat(troupe.pid("older")).isEqualTo(pid);
        assertThat(troupe.ids()).containsExactly("older");
    }

    private static List<Path> cgroups(String id) throws IOException {
        try (Stream<Path> all = Files.find(Path.of("/sys/fs/cgroup"), 4, (path, _) -> path.endsWith(id))) {
            return all.toList();
        }
    }

    @Test
    void failures_go_to_the_log_that_podman_reads() throws IOException {
        try (Troupe troupe = new Troupe()) {
            Path log = troupe.directory().resolve("oci-log");

            troupe.run("--log-format=json", "--log", log.toString(), "start", "nobody")
                    .failsWithOneLine();

            var line = Bundle.parse(Host.text(log));
            assertThat(line.path("level").asText()).isEqualTo("error");
            assertThat(line.path("msg").asText()).contains("nobody");
            assertThat(line.path("time").asText()).isNotEmpty();
        }
    }
}
