package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** buildah from Debian's packages with Troupe as the runtime of its RUN. */
@RootTest
@EnabledIf(value = "io.troupe.cli.system.Host#hasBuildah", disabledReason = "buildah is not installed")
class BuildahIT {
    private Troupe troupe;
    private Path storage;

    @BeforeEach
    void make_a_root_file_system(Troupe ofClass) throws IOException {
        troupe = ofClass;
        storage = Files.createTempDirectory("troupe-buildah-");
        Bundle.makeRootFileSystem(storage.resolve("context/rootfs"));
    }

    @AfterEach
    void remove_storage() {
        buildah("rm", "--all").succeeds();
        buildah("rmi", "--all", "--force").succeeds();
        Call.of("rm", "-rf", "--one-file-system", storage.toString()).run().succeeds();
        assertThat(troupe.ids()).isEmpty();
        troupe.verifiesClean();
    }

    private Result buildah(String... arguments) {
        return new Call(words(arguments)).run();
    }

    private List<String> words(String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "buildah",
                "--storage-driver",
                "vfs",
                "--root",
                storage.resolve("root").toString(),
                "--runroot",
                storage.resolve("run").toString()));
        words.addAll(List.of(arguments));
        return words;
    }

    /** {@return the words that run a program in a new container of the root file system} */
    private List<String> running(String... arguments) {
        String container = buildah("from", "scratch").succeeds().out().strip();
        Path files = storage.resolve("context/rootfs");
        buildah("copy", container, files.toString(), "/").succeeds();
        List<String> words =
                words("run", "--runtime", troupe.wrapper().toString(), "--isolation", "oci", "--network", "none");
        List<String> given = List.of(arguments);
        int dashes = given.indexOf("--");
        words.addAll(given.subList(0, dashes));
        words.add(container);
        words.addAll(given.subList(dashes, given.size()));
        return words;
    }

    private Result run(String... arguments) {
        return new Call(running(arguments)).run();
    }

    @Test
    void run_and_its_exit_statuses() {
        Result run =
                run("--user", "7:8", "--workingdir", "/etc", "--env", "A=b", "--", "sh", "-c", "id -u; pwd; echo $A");
        assertThat(run.succeeds().out().lines()).containsExactly("7", "/etc", "b");
        run("--", "sh", "-c", "exit 42").exits(42);
        assertThat(run("--", "no-such-program").exits(1).err())
                .contains("exec: \"no-such-program\": executable file not found in $PATH");
        assertThat(run("--", "/etc/passwd").exits(1).err()).contains("exec: \"/etc/passwd\": permission denied");
    }

    @Test
    void on_a_terminal() {
        assertThat(new Call(Terminal.words(running("--terminal", "--", "tty")))
                        .run()
                        .succeeds()
                        .out())
                .contains("/dev/pts/0");
    }

    @Test
    void an_image_from_a_file() throws IOException {
        Path file = Files.writeString(storage.resolve("Containerfile"), """
                FROM scratch
                COPY rootfs /
                RUN echo made >/etc/made
                RUN grep made /etc/made
                """);

        Result build = buildah(
                "build",
                "--runtime",
                troupe.wrapper().toString(),
                "--isolation",
                "oci",
                "--network",
                "none",
                "--file",
                file.toString(),
                storage.resolve("context").toString());

        assertThat(build.succeeds().out()).contains("\nmade\n");
    }
}
