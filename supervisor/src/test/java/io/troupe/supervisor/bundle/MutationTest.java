package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.troupe.protocol.FailureException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in a file, it is read or refused: never another exception, and soon. */
class MutationTest {
    private static final int ROUNDS = 3000;
    private static final List<String> STRANGE = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "0.5",
            "18446744073709551616",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"/é/../..\"",
            "[]",
            "[null]",
            "{}",
            "{\"\": null}",
            "[[[[]]]]",
            "\"bind\"");

    @ParameterizedTest
    @ValueSource(strings = {"podman-run.json", "containerd-ctr.json", "rootfs-config.json"})
    void values_in_place_of_others_are_read_or_refused(String name) {
        Random random = new Random(20_261_121);
        Assertions.assertTimeout(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < ROUNDS; i++) {
                JsonNode config = Configs.MAPPER.readTree(Configs.resource(name));
                replaceOne(config, random);
                readOrRefuse(Configs.MAPPER.writeValueAsBytes(config));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"runc-spec.json", "podman-run.json"})
    void bytes_in_place_of_others_are_read_or_refused(String name) {
        Random random = new Random(20_261_121);
        Assertions.assertTimeout(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < ROUNDS; i++) {
                byte[] bytes = Configs.resource(name);
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                readOrRefuse(bytes);
            }
        });
    }

    private static void readOrRefuse(byte[] bytes) {
        try {
            assertThat(BundleReader.of(Path.of("/bundle"), bytes)).isNotNull();
        } catch (FailureException e) {
            assertThat(e.failure().line()).startsWith("config.json").doesNotContain("Exception", "\n");
        }
    }

    private static void replaceOne(JsonNode root, Random random) throws IOException {
        List<JsonNode> containers = new ArrayList<>();
        collect(root, containers);
        JsonNode chosen = containers.get(random.nextInt(containers.size()));
        JsonNode value = Configs.MAPPER.readTree(STRANGE.get(random.nextInt(STRANGE.size())));
        if (chosen instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            object.set(names.get(random.nextInt(names.size())), value);
        } else if (chosen instanceof ArrayNode array) {
            array.set(random.nextInt(array.size()), value);
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode() && !node.isEmpty()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }
}
