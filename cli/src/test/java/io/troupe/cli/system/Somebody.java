package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A user without rights, made for a test and removed after it, with ranges in /etc/subuid and /etc/subgid. */
final class Somebody implements AutoCloseable {
    private final String name = "troupe-it-" + ProcessHandle.current().pid();
    private final Path home;

    Somebody() throws IOException {
        home = Files.createTempDirectory("troupe-"); // podman wants no longer paths below it
        Call.of("useradd", "--no-create-home", "--home-dir", home.toString(), "--shell", "/bin/sh", name)
                .run()
                .succeeds();
        Call.of("chown", name + ":" + name, home.toString()).run().succeeds();
    }

    Path home() {
        return home;
    }

    int uid() {
        return Integer.parseInt(
                Call.of("id", "--user", name).run().succeeds().out().strip());
    }

    /** {@return the first id of the range that the user may map, in /etc/subuid} */
    long firstOfRange() {
        return Host.lines(Path.of("/etc/subuid")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> Long.parseLong(line.split(":")[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("useradd gave " + name + " no range in /etc/subuid"));
    }

    /** {@return a command as this user, in his home, with no variables but HOME and PATH} */
    Call call(String... words) {
        List<String> all = new ArrayList<>(
                List.of("runuser", "--user", name, "--", "env", "-i", "HOME=" + home, "PATH=/usr/bin:/bin"));
        all.addAll(List.of(words));
        return new Call(all).in(home);
    }

    /** {@return how a troupe command of this user ended} */
    Result troupe(String... arguments) {
        List<String> words = new ArrayList<>(List.of(Troupe.BINARY.toString()));
        words.addAll(List.of(arguments));
        return call(words.toArray(String[]::new)).run();
    }

    /** Puts him into a group of the host's, which his next commands have. */
    void joins(String group) {
        Call.of("usermod", "--append", "--groups", group, name).run().succeeds();
    }

    /** Gives him a directory with all that is in it. */
    void owns(Path directory) {
        Call.of("chown", "--recursive", name + ":" + name, directory.toString())
                .run()
                .succeeds();
    }

    /** Makes a bundle with a root file system in the user's home. */
    Bundle bundle(String line) {
        Path place = home.resolve("bundles");
        call("mkdir", "-p", place.toString()).run().succeeds();
        Bundle bundle = Bundle.shell(place, line);
        owns(place);
        return bundle;
    }

    @Override
    public void close() {
        for (String id : troupe("list", "--quiet").succeeds().out().lines().toList()) {
            troupe("delete", "--force", id).succeeds();
        }
        Result verified = troupe("supervisor", "verify");
        troupe("supervisor", "stop").succeeds();
        Host.awaitEndOfAllOf(uid());
        Call.of("rm", "-rf", "--one-file-system", "/tmp/troupe-" + uid()).run().succeeds();
        Call.of("userdel", name).run().succeeds();
        Call.of("rm", "-rf", "--one-file-system", home.toString()).run().succeeds();
        assertThat(verified.succeeds().err()).isEmpty();
    }
}
