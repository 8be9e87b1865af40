package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.supervisor.bundle.ConfigReader;
import io.troupe.supervisor.bundle.ProcessSection;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsolesTest {
    private static final ConsoleWish NOBODY = new ConsoleWish.None();
    private static final ConsoleWish SOMEBODY = new ConsoleWish.Socket("/run/console.sock");

    private static ProcessSection process(boolean terminal) {
        String json = "{\"args\": [\"sh\"], \"cwd\": \"/\", \"terminal\": " + terminal + "}";
        return ConfigReader.process(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_terminal_and_who_has_it_go_together() {
        assertThatCode(() -> Consoles.check(process(true), SOMEBODY)).doesNotThrowAnyException();
        assertThatCode(() -> Consoles.check(process(false), NOBODY)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Consoles.check(process(true), NOBODY))
                .hasMessage("config.json: process.terminal: a terminal needs a console socket. Use --console-socket");
        assertThatThrownBy(() -> Consoles.check(process(false), SOMEBODY))
                .hasMessage("config.json: process.terminal: it is false, and a console was asked for."
                        + " Leave out the console");
    }
}
