package io.troupe.supervisor.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Configurations for tests, from resources, and edited. */
final class Configs {
    static final JsonMapper MAPPER = new JsonMapper();

    private Configs() {}

    /** {@return a configuration that lies beside the tests} */
    static byte[] resource(String name) {
        return ExampleConfig.resource(name).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * {@return the example configuration with one value in place of another}
     *
     * @param pointer where, as RFC 6901 says; a last name that is new is added
     * @param json the value
     */
    static byte[] edited(String pointer, String json) {
        try {
            JsonNode config = MAPPER.readTree(ExampleConfig.json());
            int last = pointer.lastIndexOf('/');
            String name = pointer.substring(last + 1).replace("~1", "/");
            JsonNode value = MAPPER.readTree(json);
            switch (config.at(pointer.substring(0, last))) {
                case ObjectNode object -> object.set(name, value);
                case ArrayNode array when name.equals("-") -> array.add(value);
                case ArrayNode array -> array.set(Integer.parseInt(name), value);
                default -> throw new IllegalArgumentException(pointer);
            }
            return MAPPER.writeValueAsBytes(config);
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
