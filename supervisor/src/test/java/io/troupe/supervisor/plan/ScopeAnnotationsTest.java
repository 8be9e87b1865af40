package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeAnnotationsTest {

    private static void refused(String property, String value, String words) {
        String key = "org.systemd.property." + property;
        assertThatThrownBy(() -> ScopeAnnotations.of(new TreeMap<>(Map.of(key, value))))
                .hasMessageStartingWith("config.json: annotations[\"" + key + "\"]: ")
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "KillSignal | SIGTERM | \"SIGTERM\" is not of the property's type. Write it as GVariant text, like uint64 5",
                "KillSignal | 1234567890123 | is not of the property's type",
                "SendSIGHUP | yes | like true or false",
                "KillMode | mixed | like 'text'",
                "After | 'a.service' | like ['one', 'two']",
                "TimeoutStopSec | soon | is not of the property's type",
            })
    void values_of_another_type_are_refused(String property, String value, String words) {
        refused(property, value, words);
    }

    @Test
    void properties_that_are_not_for_bundles_are_refused_by_name() {
        refused("ExecStart", "'/bin/sh'", "an annotation may not set this property of the unit. Remove it; taken are ");
    }
}
