package io.troupe.launch;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a plan back by the words of contract.h and the components of the records; shares nothing with PlanCodec. */
final class PlanDecoder {
    private static final int MAGIC = 0x31505254;

    private final ByteBuffer in;
    private final Map<Integer, Class<?>> types;

    private PlanDecoder(byte[] bytes, Map<Integer, Class<?>> types) {
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.types = types;
    }

    /**
     * {@return the plan}
     *
     * @param types the record that each op of contract.h stands for
     */
    static LaunchPlan decode(byte[] bytes, Map<Integer, Class<?>> types) throws ReflectiveOperationException {
        PlanDecoder decoder = new PlanDecoder(bytes, types);
        LaunchPlan plan = decoder.plan();
        require(!decoder.in.hasRemaining(), "bytes after the end");
        return plan;
    }

    private LaunchPlan plan() throws ReflectiveOperationException {
        require(in.getInt() == MAGIC, "magic");
        int bits = in.getInt();
        Set<LaunchPlan.Flag> flags = EnumSet.noneOf(LaunchPlan.Flag.class);
        for (LaunchPlan.Flag flag : LaunchPlan.Flag.values()) {
            if ((bits & flag.bit()) != 0) {
                flags.add(flag);
            }
        }
        long cloneFlags = in.getLong();
        int clones = in.getInt();
        require(clones == 0 || clones == 1, "clones");
        return new LaunchPlan(cloneFlags, clones == 1, flags, section(), section(), section(), section());
    }

    private List<Step> section() throws ReflectiveOperationException {
        List<Step> steps = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            steps.add(step());
        }
        return steps;
    }

    private Step step() throws ReflectiveOperationException {
        Class<?> type = types.get(in.getShort() & 0xffff);
        require(type != null, "op");
        int count = in.getShort() & 0xffff;
        int end = in.getInt() + in.position();
        RecordComponent[] components = type.getRecordComponents();
        require(count == components.length, "number of arguments of " + type);
        Object[] values = new Object[count];
        Class<?>[] classes = new Class<?>[count];
        for (int i = 0; i < count; i++) {
            values[i] = argument(components[i]);
            classes[i] = components[i].getType();
        }
        require(in.position() == end, "length of " + type);
        return (Step) type.getDeclaredConstructor(classes).newInstance(values);
    }

    private Object argument(RecordComponent component) {
        int kind = in.get();
        Class<?> type = component.getType();
        if (type == String.class || type == Bytecode.class) {
            require(kind == 1, "bytes");
            byte[] bytes = bytes();
            return type == String.class ? new String(bytes, StandardCharsets.UTF_8) : new Bytecode(bytes);
        }
        if (type == List.class) {
            require(kind == 2, "list");
            return list(((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]);
        }
        require(kind == 0, "number");
        long number = in.getLong();
        if (type == boolean.class) {
            require(number == 0 || number == 1, "boolean");
            return number == 1;
        }
        return type == int.class ? (Object) Math.toIntExact(number) : (Object) number;
    }

    private List<Object> list(Type item) {
        List<Object> items = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            String text = new String(bytes(), StandardCharsets.UTF_8);
            items.add(item == Long.class ? (Object) Long.valueOf(text) : text);
        }
        return items;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        require(in.get() == 0, "NUL");
        return bytes;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }
}
