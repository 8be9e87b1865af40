package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** contract.h and the Java side say the same. */
class ContractTest {
    private static final Path HEADER = Path.of("src/main/c/contract.h");
    private static final int OFFSET_OF_FIRST_STEP = 4 + 4 + 8 + 4 + 4;

    @Test
    void every_step_has_the_number_that_the_launcher_knows_it_by() throws Exception {
        Map<String, Integer> numbers = numbers("OP_");

        for (Class<?> type : Step.class.getPermittedSubclasses()) {
            String name =
                    type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(java.util.Locale.ROOT);
            assertThat(numberOf(type)).as(name).isEqualTo(numbers.get(name));
        }
        assertThat(numbers).hasSize(Step.class.getPermittedSubclasses().length);
    }

    @Test
    void sections_and_flags_have_the_same_numbers() throws IOException {
        Map<String, Integer> sections = numbers("SECTION_");
        for (LaunchPlan.Section section : LaunchPlan.Section.values()) {
            assertThat(section.number()).isEqualTo(sections.get(section.name())).isEqualTo(section.ordinal());
        }
        Map<String, Integer> flags = numbers("PLAN_");
        for (LaunchPlan.Flag flag : LaunchPlan.Flag.values()) {
            assertThat(flag.bit()).isEqualTo(flags.get(flag.name()));
        }
    }

    /** Encodes a step with empty components and reads its number back. */
    private static int numberOf(Class<?> type) throws ReflectiveOperationException {
        Object[] components = Arrays.stream(type.getRecordComponents())
                .map(component -> empty(component.getType()))
                .toArray();
        var constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        Step step = (Step) constructor.newInstance(components);
        LaunchPlan plan = new LaunchPlan(0, true, Set.of(), List.of(step), List.of(), List.of(), List.of());
        return ByteBuffer.wrap(PlanCodec.encode(plan))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getShort(OFFSET_OF_FIRST_STEP);
    }

    private static Object empty(Class<?> type) {
        if (type == int.class) {
            return 0;
        }
        if (type == long.class) {
            return 0L;
        }
        if (type == boolean.class) {
            return false;
        }
        if (type == List.class) {
            return List.of();
        }
        return type == Bytecode.class ? new Bytecode(new byte[0]) : "";
    }

    private static Map<String, Integer> numbers(String prefix) throws IOException {
        Map<String, Integer> numbers = new HashMap<>();
        Matcher matcher = Pattern.compile("\\b" + prefix + "(\\w+) = (\\d+)").matcher(Files.readString(HEADER));
        while (matcher.find()) {
            numbers.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
        }
        return numbers;
    }
}
