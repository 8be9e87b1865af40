package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * How a command ended.
 *
 * @param exit its exit status, 128 plus the signal if one ended it
 */
record Result(List<String> command, int exit, String out, String err) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Fails unless the exit status is {@code status}; the message shows both outputs. */
    Result exits(int status) {
        assertThat(exit).as(toString()).isEqualTo(status);
        return this;
    }

    Result succeeds() {
        return exits(0);
    }

    /** Fails unless the command failed with one line that people can act upon, and printed nothing else. */
    Result failsWithOneLine() {
        assertThat(exit)
                .as(toString())
                .satisfiesAnyOf(
                        status -> assertThat(status).isBetween(1, 127),
                        status -> assertThat(status).isEqualTo(255));
        assertThat(err.lines().toList()).as(toString()).hasSize(1);
        assertThat(err)
                .as(toString())
                .startsWith("troupe: ")
                .doesNotContain("Exception", "\tat ", "io.troupe.", "java.");
        return this;
    }

    /** {@return standard output as JSON} */
    JsonNode json() {
        try {
            return JSON.readTree(out);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + this, e);
        }
    }

    @Override
    public String toString() {
        return String.join(" ", command) + "\nexit " + exit + "\nout: " + out + "\nerr: " + err;
    }
}
