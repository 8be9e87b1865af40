package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.launch.Bytecode;
import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.protocol.Reply;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlanTextTest {
    static Class<?>[] everyStep() {
        return Step.class.getPermittedSubclasses();
    }

    @ParameterizedTest
    @MethodSource("everyStep")
    void every_step_has_words_and_shows_all_its_components(Class<?> type) throws Exception {
        Step step = step(type);
        Reply.PlannedStep planned = planned(step);
        assertThat(planned.name()).isEqualTo(StepText.describe(step)).matches("[a-z].*[^ ]");
        assertThat(planned.arguments())
                .containsOnlyKeys(Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
    }

    @Test
    void of_an_environment_only_the_names_are_shown() {
        Step exec = new Step.Exec(List.of("sh", "-c", "true"), List.of("PASSWORD=secret", "EMPTY", "A=b=c"));
        assertThat(planned(exec).name()).isEqualTo("exec sh");
        assertThat(planned(exec).arguments()).containsEntry("env", "[PASSWORD, EMPTY, A]");
        Step hook = new Step.Hook("poststop[0]", "/h", List.of(), List.of("TOKEN=secret"), 0, "", "", 0, true);
        assertThat(planned(hook).name()).isEqualTo("hook poststop[0] /h");
        assertThat(planned(hook).arguments().toString()).contains("TOKEN").doesNotContain("secret");
    }

    @Test
    void steps_say_what_they_are_done_to() {
        assertThat(StepText.describe(new Step.Mount("proc", "proc", "/proc", 0, List.of(), 0, false)))
                .isEqualTo("mount proc on /proc");
        assertThat(StepText.describe(new Step.Mount("tmpfs", "tmpfs", "/t", 0, List.of(), 0, true)))
                .isEqualTo("mount tmpfs on /t, with a copy of what is there");
        assertThat(StepText.describe(new Step.WriteFile("/cg/pids.max", "10\n")))
                .isEqualTo("write 10 to /cg/pids.max");
        assertThat(StepText.describe(new Step.EnableControllers("/cg", List.of("cpu", "pids"))))
                .isEqualTo("enable cpu, pids below /cg");
        assertThat(StepText.describe(new Step.NoNewPrivileges())).isEqualTo("no new privileges");
    }

    @Test
    void a_listing_has_every_section_and_names_the_namespaces() {
        long pidAndMount = 0x20000000 | 0x20000;
        LaunchPlan plan = new LaunchPlan(
                pidAndMount,
                true,
                Set.of(),
                List.of(),
                List.of(),
                List.of(new Step.Tell()),
                List.of(new Step.Await(), new Step.Seccomp(new Bytecode(new byte[16]), 0)));
        Reply.PlanListing listing = PlanText.listing(plan);
        assertThat(listing.cloneFlags()).containsExactlyInAnyOrder("pid", "mount");
        assertThat(listing.sections().keySet()).containsExactly("before", "join", "after", "child");
        assertThat(listing.sections().get("child"))
                .extracting(Reply.PlannedStep::name)
                .containsExactly("await", "seccomp");
        assertThat(listing.sections().get("child").getLast().arguments()).containsEntry("filter", "2 instructions");
    }

    private static Reply.PlannedStep planned(Step step) {
        LaunchPlan plan = new LaunchPlan(0, false, Set.of(), List.of(step), List.of(), List.of(), List.of());
        return PlanText.listing(plan).sections().get("before").getFirst();
    }

    private static Step step(Class<?> type) throws ReflectiveOperationException {
        Class<?>[] classes = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(type.getRecordComponents())
                .map(PlanTextTest::value)
                .toArray();
        return (Step) type.getDeclaredConstructor(classes).newInstance(values);
    }

    private static Object value(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == int.class) {
            return 7;
        }
        if (type == long.class) {
            return 7L;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == List.class) {
            return component.getGenericType().getTypeName().contains("Long") ? List.of(7L) : List.of("7");
        }
        return type == Bytecode.class ? new Bytecode(new byte[8]) : "/x";
    }
}
