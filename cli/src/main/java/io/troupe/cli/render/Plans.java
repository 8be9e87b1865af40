package io.troupe.cli.render;

import io.troupe.protocol.Reply;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Launch plans as text and JSON. */
final class Plans {
    private Plans() {}

    static String text(Reply.PlanListing plan, Look look) {
        StringBuilder out = new StringBuilder("clone: ");
        out.append(Plain.text(plan.cloneFlags().isEmpty() ? "nothing" : String.join(" ", plan.cloneFlags())));
        out.append('\n');
        plan.sections().forEach((section, steps) -> {
            out.append('\n').append(Plain.text(section)).append(steps.isEmpty() ? ": nothing\n" : ":\n");
            Table table = new Table(look.width());
            for (int i = 0; i < steps.size(); i++) {
                Reply.PlannedStep step = steps.get(i);
                table.row("  " + i, step.name(), Plain.text(arguments(step)));
            }
            out.append(table);
        });
        return out.toString();
    }

    static String json(Reply.PlanListing plan) {
        Map<String, List<?>> sections = new java.util.LinkedHashMap<>();
        plan.sections()
                .forEach((section, steps) -> sections.put(
                        section,
                        steps.stream()
                                .map(step -> Json.object("step", step.name(), "arguments", step.arguments()))
                                .toList()));
        return Json.pretty(Json.object("cloneFlags", plan.cloneFlags(), "sections", sections)) + "\n";
    }

    private static String arguments(Reply.PlannedStep step) {
        return step.arguments().entrySet().stream()
                .map(argument -> argument.getKey() + "=" + argument.getValue())
                .collect(Collectors.joining(" "));
    }
}
