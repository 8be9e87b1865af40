package io.troupe.supervisor.plan;

import io.troupe.supervisor.bundle.Resources.DeviceRule;
import io.troupe.supervisor.host.HostFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rules for devices (config-linux.md, "Allowed Device list"), with those that hold for every container. */
final class DeviceRules {
    private static final DeviceRule NONE = new DeviceRule(false, 'a', -1, -1, "rwm");
    private static final List<DeviceRule> ALWAYS = List.of(
            new DeviceRule(true, 'c', -1, -1, "m"),
            new DeviceRule(true, 'b', -1, -1, "m"),
            new DeviceRule(true, 'c', 1, 3, "rwm"),
            new DeviceRule(true, 'c', 1, 5, "rwm"),
            new DeviceRule(true, 'c', 1, 7, "rwm"),
            new DeviceRule(true, 'c', 1, 8, "rwm"),
            new DeviceRule(true, 'c', 1, 9, "rwm"),
            new DeviceRule(true, 'c', 5, 0, "rwm"),
            new DeviceRule(true, 'c', 5, 2, "rwm"),
            new DeviceRule(true, 'c', 136, -1, "rwm"));

    private DeviceRules() {}

    /** Others than the host's root may not, and cannot make device nodes that a rule would be needed for. */
    static boolean mayBeSet(HostFacts host) {
        return host.initialUserNamespace() && host.uid() == 0;
    }

    /** {@return what is to hold where {@code given} is asked for, in order} */
    static List<DeviceRule> complete(List<DeviceRule> given) {
        List<DeviceRule> rules = new ArrayList<>(given);
        if (!rules.contains(NONE)) {
            rules.addFirst(NONE);
        }
        rules.addAll(ALWAYS);
        return rules;
    }

    /** {@return the rules in words, such as {@code deny a *:* rwm, allow c 10:229 rw}} */
    static String text(List<DeviceRule> rules) {
        return rules.stream()
                .map(rule ->
                        (rule.allow() ? "allow " : "deny ") + rule.type() + " " + numbers(rule) + " " + rule.access())
                .collect(Collectors.joining(", "));
    }

    /** {@return major and minor as cgroups of version 1 write them} */
    static String numbers(DeviceRule rule) {
        return number(rule.major()) + ":" + number(rule.minor());
    }

    private static String number(long number) {
        return number < 0 ? "*" : Long.toString(number);
    }
}
