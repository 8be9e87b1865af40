package io.troupe.supervisor.plan;

import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.protocol.Reply;
import io.troupe.supervisor.bundle.Namespaces;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Plans as {@code troupe plan} lists them. */
public final class PlanText {
    private PlanText() {}

    /** {@return the plan, a step by its words and its components} Of an environment the names alone */
    public static Reply.PlanListing listing(LaunchPlan plan) {
        List<String> namespaces = Arrays.stream(Namespaces.Kind.values())
                .filter(kind -> (plan.cloneFlags() & kind.cloneFlag()) != 0)
                .map(Namespaces.Kind::word)
                .toList();
        Map<String, List<Reply.PlannedStep>> sections = new LinkedHashMap<>();
        for (LaunchPlan.Section section : LaunchPlan.Section.values()) {
            sections.put(
                    section.name().toLowerCase(Locale.ROOT),
                    plan.steps(section).stream().map(PlanText::planned).toList());
        }
        return new Reply.PlanListing(namespaces, sections);
    }

    private static Reply.PlannedStep planned(Step step) {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (RecordComponent component : step.getClass().getRecordComponents()) {
            arguments.put(component.getName(), value(step, component));
        }
        return new Reply.PlannedStep(StepText.describe(step), arguments);
    }

    private static String value(Step step, RecordComponent component) {
        try {
            Object value = component.getAccessor().invoke(step);
            boolean environment = component.getName().equals("env") && value instanceof List<?>;
            return environment ? names((List<?>) value).toString() : String.valueOf(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a step's component is not readable: " + component, e);
        }
    }

    private static List<String> names(List<?> environment) {
        return environment.stream()
                .map(entry -> entry.toString().split("=", 2)[0])
                .toList();
    }
}
