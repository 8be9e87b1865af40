package io.troupe.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What PlanCodec writes, an independent reader reads. */
class PlanCodecTest {
    private static final Path HEADER = Path.of("src/main/c/contract.h");
    private static final List<String> TEXTS = List.of("", "/", "/a b", "ü€😀", "line\nline", "x".repeat(5000));
    private static final long[] NUMBERS = {0, 1, -1, 0x80000000L, Long.MIN_VALUE, Long.MAX_VALUE};

    @Test
    void plans_of_every_step_come_back_as_they_were() throws Exception {
        Map<Integer, Class<?>> types = types();
        Random random = new Random(42);
        for (int round = 0; round < 50; round++) {
            List<Step> steps = new ArrayList<>();
            for (Class<?> type : types.values()) {
                steps.add(step(type, random));
            }
            int half = random.nextInt(steps.size());
            LaunchPlan plan = new LaunchPlan(
                    random.nextLong(),
                    random.nextBoolean(),
                    random.nextBoolean() ? Set.of(LaunchPlan.Flag.values()) : Set.of(),
                    steps.subList(0, half),
                    List.of(),
                    steps.subList(half, steps.size()),
                    steps);
            assertThat(PlanDecoder.decode(PlanCodec.encode(plan), types)).isEqualTo(plan);
        }
    }

    /** By name: OP_MAKE_DIRECTORY is MakeDirectory. */
    private static Map<Integer, Class<?>> types() throws IOException {
        Map<String, Class<?>> byName = new HashMap<>();
        for (Class<?> type : Step.class.getPermittedSubclasses()) {
            byName.put(type.getSimpleName().toLowerCase(Locale.ROOT), type);
        }
        Map<Integer, Class<?>> types = new HashMap<>();
        Matcher op = Pattern.compile("\\bOP_(\\w+) = (\\d+)").matcher(Files.readString(HEADER));
        while (op.find()) {
            Class<?> type = byName.get(op.group(1).replace("_", "").toLowerCase(Locale.ROOT));
            assertThat(type).as(op.group()).isNotNull();
            types.put(Integer.valueOf(op.group(2)), type);
        }
        assertThat(types).hasSameSizeAs(byName.keySet());
        return types;
    }

    private static Step step(Class<?> type, Random random) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] classes = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            classes[i] = components[i].getType();
            values[i] = value(components[i], random);
        }
        return (Step) type.getDeclaredConstructor(classes).newInstance(values);
    }

    private static Object value(RecordComponent component, Random random) {
        Class<?> type = component.getType();
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        if (type == String.class) {
            return text(random);
        }
        if (type == Bytecode.class) {
            byte[] bytes = new byte[random.nextInt(4) * 8];
            random.nextBytes(bytes);
            return new Bytecode(bytes);
        }
        if (type == List.class) {
            boolean numbers =
                    ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0] == Long.class;
            return IntStream.range(0, random.nextInt(4))
                    .mapToObj(_ -> numbers ? (Object) random.nextLong() : text(random))
                    .toList();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        return type == int.class ? (Object) (int) number : (Object) number;
    }

    private static String text(Random random) {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }
}
