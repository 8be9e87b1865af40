package io.troupe.cli.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A bundle on disk: the benchmark's config.json, changed to need, around a root file system with busybox. */
final class Bundle {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> APPLETS = List.of(
            "sh",
            "true",
            "false",
            "cat",
            "sleep",
            "echo",
            "ls",
            "id",
            "env",
            "kill",
            "mount",
            "mkdir",
            "touch",
            "pwd",
            "hostname",
            "stat",
            "readlink",
            "head",
            "dd",
            "grep",
            "tty",
            "stty",
            "ulimit",
            "rm",
            "wc",
            "tr",
            "seq",
            "ps");

    private final Path path;
    private final ObjectNode config;

    private Bundle(Path path, ObjectNode config) {
        this.path = path;
        this.config = config;
    }

    /** {@return a new bundle that runs {@code args}} */
    static Bundle running(Path directory, String... args) {
        try {
            Path path = Host.openDirectory(Files.createTempDirectory(directory, "bundle-"));
            ObjectNode config =
                    (ObjectNode) JSON.readTree(Path.of("bench/config.json").toFile());
            makeRootFileSystem(path.resolve("rootfs"));
            return new Bundle(path, config).args(args);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the bundle at {@code path}, as it is} */
    static Bundle existing(Path path) {
        try {
            return new Bundle(
                    path, (ObjectNode) JSON.readTree(path.resolve("config.json").toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return a new bundle that runs until it is killed} */
    static Bundle sleeping(Path directory) {
        return running(directory, "/bin/sleep", "3600");
    }

    /** {@return a new bundle that runs a line of shell} */
    static Bundle shell(Path directory, String line) {
        return running(directory, "/bin/sh", "-c", line);
    }

    static void makeRootFileSystem(Path root) throws IOException {
        for (String name : List.of("bin", "dev", "etc", "proc", "sys", "tmp", "mnt")) {
            Files.createDirectories(root.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        Files.writeString(
                root.resolve("etc/passwd"), "root:x:0:0:root:/:/bin/sh\n1000:x:0:0:a name of digits:/:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
    }

    Path path() {
        return path;
    }

    Path rootfs() {
        return path.resolve("rootfs");
    }

    ObjectNode config() {
        return config;
    }

    ObjectNode process() {
        return (ObjectNode) config.get("process");
    }

    ObjectNode linux() {
        return (ObjectNode) config.get("linux");
    }

    Bundle args(String... args) {
        process().set("args", JSON.valueToTree(args));
        return write();
    }

    /** Changes config.json and writes it. */
    Bundle with(Consumer<Bundle> change) {
        change.accept(this);
        return write();
    }

    /** Sets what is at a JSON pointer, such as {@code /process/cwd}; {@code json} is JSON text. */
    Bundle set(String pointer, String json) {
        int cut = pointer.lastIndexOf('/');
        JsonNode parent = cut == 0 ? config : object(pointer.substring(0, cut));
        ((ObjectNode) parent).set(pointer.substring(cut + 1), parse(json));
        return write();
    }

    /** Adds to the list at a JSON pointer. */
    Bundle add(String pointer, String json) {
        ((ArrayNode) config.at(pointer)).add(parse(json));
        return write();
    }

    Bundle remove(String pointer) {
        int cut = pointer.lastIndexOf('/');
        ((ObjectNode) (cut == 0 ? config : config.at(pointer.substring(0, cut)))).remove(pointer.substring(cut + 1));
        return write();
    }

    /** Overwrites config.json with any text. */
    Bundle raw(String text) {
        try {
            Files.writeString(path.resolve("config.json"), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode object(String pointer) {
        ObjectNode node = config;
        for (String name : pointer.substring(1).split("/")) {
            node = node.has(name) ? (ObjectNode) node.get(name) : node.putObject(name);
        }
        return node;
    }

    private Bundle write() {
        return raw(config.toPrettyString());
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
