package io.troupe.supervisor.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.protocol.Failure;
import io.troupe.supervisor.container.Decision.Verdict;
import io.troupe.supervisor.process.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What container engines understand of a refusal. They know no codes: containerd's runc shim (process/utils.go,
 * process/init.go), CRI-O (internal/oci/runtime_oci.go) and podman 4 (libpod/oci_conmon_common.go) look for words.
 */
class EngineWordsTest {
    private static final ContainerCommand KILL = new ContainerCommand.Kill(15, false);
    private static final ContainerCommand DELETE = new ContainerCommand.Delete(false);
    private static final ContainerEvent REQUESTED = Given.requested(Intent.CREATE);
    private static final ContainerState ABSENT = ContainerState.initial();
    private static final ContainerState DELETED =
            Given.after(REQUESTED, Given.CREATED, Given.EXITED, Given.DELETE, Given.DELETED);
    private static final Map<String, ContainerState> STATES = Map.of(
            "creating", Given.after(REQUESTED),
            "created", Given.after(REQUESTED, Given.CREATED),
            "starting", Given.after(REQUESTED, Given.CREATED, Given.START),
            "running", Given.after(REQUESTED, Given.CREATED, Given.START, Given.STARTED),
            "stopped", Given.after(REQUESTED, Given.CREATED, Given.START, Given.STARTED, Given.EXITED),
            "deleting", Given.after(REQUESTED, Given.CREATED, Given.EXITED, Given.DELETE),
            "left over", Given.after(REQUESTED, Given.CREATED, Given.EXITED, Given.DELETE, Given.LEFTOVERS));

    private enum Meaning {
        GONE,
        PROCESS_GONE,
        ANYTHING_ELSE;

        /** As containerd's checkKillError does, in its order; the first two words are CRI-O's also. */
        static Meaning ofKill(String text) {
            if (text.contains("container not running") || text.contains("no such process")) {
                return PROCESS_GONE;
            }
            return text.contains("does not exist") ? GONE : ANYTHING_ELSE;
        }
    }

    @Test
    void kill_delete_and_state_of_an_unknown_container_say_that_it_does_not_exist() {
        for (ContainerState state : List.of(ABSENT, DELETED)) {
            assertThat(Meaning.ofKill(said(state, KILL))).isEqualTo(Meaning.GONE);
            assertThat(said(state, DELETE)).contains("does not exist");
            assertThat(said(state, new ContainerCommand.Query())).contains("does not exist");
        }
    }

    @Test
    void kill_of_a_container_that_has_ended_says_that_there_is_no_such_process() {
        for (String state : List.of("stopped", "deleting", "left over")) {
            assertThat(Meaning.ofKill(said(STATES.get(state), KILL))).as(state).isEqualTo(Meaning.PROCESS_GONE);
        }
        assertThat(Meaning.ofKill(delivered(new Delivery.Gone()))).isEqualTo(Meaning.PROCESS_GONE);
    }

    @Test
    void kill_that_failed_otherwise_is_not_taken_for_an_end() {
        assertThat(Meaning.ofKill(delivered(null))).isEqualTo(Meaning.ANYTHING_ELSE);
        assertThat(Meaning.ofKill(delivered(new Delivery.Refused("EPERM (1, Operation not permitted)"))))
                .isEqualTo(Meaning.ANYTHING_ELSE);
        assertThat(Meaning.ofKill(said(STATES.get("creating"), KILL))).isEqualTo(Meaning.ANYTHING_ELSE);
    }

    /** containerd forgets a container when its runtime says so. */
    @TestFactory
    Stream<DynamicTest> nothing_that_is_there_is_said_not_to_exist() {
        List<ContainerCommand> commands = List.of(
                KILL,
                DELETE,
                new ContainerCommand.Start(),
                new ContainerCommand.Query(),
                new ContainerCommand.BeginExec("sh", "", false),
                new ContainerCommand.Create(Given.blueprint(Intent.CREATE)));
        return STATES.entrySet().stream()
                .map(state -> DynamicTest.dynamicTest(
                        state.getKey(),
                        () -> commands.forEach(command -> assertThat(said(state.getValue(), command))
                                .as(command.toString())
                                .doesNotContain("does not exist"))));
    }

    private static String delivered(@org.jspecify.annotations.Nullable Delivery delivery) {
        return text(Refusals.delivery(Given.WEB1, delivery, Duration.ofSeconds(10)));
    }

    private static String said(ContainerState state, ContainerCommand command) {
        Verdict verdict =
                ContainerKernel.decide(state, command, Given.context()).verdict();
        return verdict instanceof Verdict.Now(Answer answer) ? text(answer) : "";
    }

    private static String text(Answer answer) {
        return answer instanceof Answer.Refused(Failure failure) ? failure.line() : "";
    }
}
