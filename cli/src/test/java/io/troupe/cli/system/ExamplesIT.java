package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The scripts in examples do what they say. */
@RootTest
class ExamplesIT {

    private static Result example(Troupe troupe, String name, String binary) {
        return Call.of(
                        java.nio.file.Path.of("../examples", name)
                                .toAbsolutePath()
                                .normalize()
                                .toString(),
                        binary)
                .with(troupe.environment())
                .run();
    }

    @Test
    void lifecycle(Troupe troupe) {
        Result example = example(troupe, "lifecycle", Troupe.BINARY.toString()).succeeds();

        assertThat(example.out()).contains("\"status\": \"running\"", "3600", "137");
    }

    @Test
    @EnabledIf(value = "io.troupe.cli.system.Host#hasPodman", disabledReason = "podman and conmon are not installed")
    void under_podman(Troupe troupe) {
        assertThat(example(troupe, "under-podman", troupe.wrapper().toString())
                        .succeeds()
                        .out())
                .endsWith("hello from podman\n");
    }
}
