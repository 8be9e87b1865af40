package io.troupe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/** Every option of runc's that a command marks as not served is refused by its name. */
class RefusedOptionsTest {
    @Test
    void an_option_that_is_not_served_says_so() {
        for (Command command : Commands.all()) {
            for (OptionSpec option : command.spec().options()) {
                if (Flags.isRefused(option)) {
                    String words = option.longestName() + (option.arity().min() > 0 ? "=x" : "");
                    refused(
                            () -> command.grammar().parse(List.of(words, "web1")),
                            command.name() + ": option " + option.longestName() + " is not served yet. Leave it out");
                }
            }
        }
    }

    private static void refused(ThrowingCallable call, String line) {
        FailureException refused = catchThrowableOfType(FailureException.class, call);
        assertThat(refused).as(line).isNotNull();
        assertThat(refused.failure().line()).isEqualTo(line);
        assertThat(refused.failure().code()).isEqualTo(FailureCode.UNSUPPORTED);
    }
}
