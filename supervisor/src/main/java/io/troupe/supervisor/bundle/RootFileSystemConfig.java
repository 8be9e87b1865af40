package io.troupe.supervisor.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request.BundleSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration of {@code troupe run --rootfs DIR}: the directory read-only, namespaces of its own, few rights, and
 * a filter of the system calls that have let containers out before. The filter knows the host's own system calls alone,
 * so programs of another architecture (32-bit ones) do not run with it.
 */
public final class RootFileSystemConfig {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MAX_HOSTNAME = 63;

    private RootFileSystemConfig() {}

    /**
     * {@return a bundle whose directory is the root file system itself}
     *
     * @param hostname of the container; cut to 63 characters
     * @throws FailureException INVALID_BUNDLE if the directory is none or what the caller chose is wrong
     */
    public static Bundle of(BundleSource.RootFileSystem source, String hostname) {
        Path directory = directory(source.rootfs());
        Bundle bundle = BundleReader.of(directory, json(source, hostname).getBytes(StandardCharsets.UTF_8));
        BundleReader.checkHost(bundle);
        return borrowing(bundle);
    }

    private static Bundle borrowing(Bundle bundle) {
        OciConfig config = bundle.config();
        return new Bundle(
                bundle.path(),
                bundle.rootfs(),
                new OciConfig(
                        config.ociVersion(),
                        new RootSection(config.root().path(), config.root().readonly(), true),
                        config.process(),
                        config.hostname(),
                        config.domainname(),
                        config.mounts(),
                        config.linux(),
                        config.hooks(),
                        config.annotations(),
                        config.extensions()),
                bundle.json(),
                bundle.sha256(),
                bundle.unknownFields());
    }

    private static Path directory(String rootfs) {
        if (rootfs.startsWith("/") && BundleReader.isPath(rootfs) && Files.isDirectory(Path.of(rootfs))) {
            return Path.of(rootfs);
        }
        throw new FailureException(
                FailureCode.INVALID_BUNDLE,
                "--rootfs",
                Value.quoted(rootfs) + " is not the absolute path of a directory",
                "Name the directory that is to be the container's /");
    }

    private static String json(BundleSource.RootFileSystem source, String hostname) {
        try {
            ObjectNode config = (ObjectNode) MAPPER.readTree(ExampleConfig.resource("rootfs-config.json"));
            ((ObjectNode) config.get("root")).put("path", source.rootfs());
            config.put("hostname", hostname.substring(0, Math.min(hostname.length(), MAX_HOSTNAME)));
            ObjectNode process = (ObjectNode) config.get("process");
            process.put("terminal", source.terminal());
            if (!source.cwd().isEmpty()) {
                process.put("cwd", source.cwd());
            }
            replace(process, "args", source.args());
            replace(process, "env", environment((ArrayNode) process.get("env"), source.env()));
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rootfs-config.json", e);
        }
    }

    /** {@return the default variables and the caller's; the caller's win} */
    private static List<String> environment(ArrayNode defaults, List<String> added) {
        Map<String, String> variables = new LinkedHashMap<>();
        defaults.forEach(variable -> variables.put(name(variable.textValue()), variable.textValue()));
        added.forEach(variable -> variables.put(name(variable), variable));
        return List.copyOf(variables.values());
    }

    private static String name(String variable) {
        int end = variable.indexOf('=');
        return end < 0 ? variable : variable.substring(0, end);
    }

    private static void replace(ObjectNode object, String field, List<String> values) {
        ArrayNode array = object.putArray(field);
        values.forEach(array::add);
    }
}
