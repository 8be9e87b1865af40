package io.troupe.supervisor.plan;

import io.troupe.supervisor.bundle.Resources.DeviceRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a cgroup of version 1 lets its processes do with devices (cgroup-v1/devices.rst): all or nothing, and what is
 * excepted from that. A rule is written after the other, and what a write does depends on those before it.
 */
final class LegacyDevices {
    private static final String LETTERS = "rwm";
    private static final String ALL = "a";

    /**
     * A line for one of two files.
     *
     * @param line as the kernel takes it; {@code a} is for every device and every access, whatever follows it
     */
    record Write(boolean allow, String line) {
        String file() {
            return allow ? "devices.allow" : "devices.deny";
        }
    }

    private boolean all;
    /** Access by device, as {@code c 1:3}. */
    private final Map<String, String> exceptions = new LinkedHashMap<>();

    private LegacyDevices(boolean all) {
        this.all = all;
    }

    /** {@return the writes for rules, in order} */
    static List<Write> writes(List<DeviceRule> rules) {
        List<Write> writes = new ArrayList<>();
        for (DeviceRule rule : rules) {
            String rest = " " + DeviceRules.numbers(rule) + " " + rule.access();
            boolean whole =
                    rule.major() < 0 && rule.minor() < 0 && rule.access().length() == LETTERS.length();
            if (rule.type() != 'a') {
                writes.add(new Write(rule.allow(), rule.type() + rest));
            } else if (whole) {
                writes.add(new Write(rule.allow(), ALL));
            } else {
                writes.add(new Write(rule.allow(), "c" + rest));
                writes.add(new Write(rule.allow(), "b" + rest));
            }
        }
        return writes;
    }

    /** {@return what holds once rules have been written} */
    static LegacyDevices after(List<DeviceRule> rules) {
        LegacyDevices devices = new LegacyDevices(true);
        writes(rules).forEach(devices::take);
        return devices;
    }

    /**
     * {@return what holds now}
     *
     * @param list text of devices.list, which does not tell what is excepted from all
     */
    static LegacyDevices listed(String list) {
        LegacyDevices devices = new LegacyDevices(list.startsWith(ALL));
        if (!devices.all) {
            list.lines().filter(line -> !line.isBlank()).forEach(line -> devices.take(new Write(true, line)));
        }
        return devices;
    }

    /**
     * {@return what leads to {@code wanted}, with no moment in which something is denied that is allowed before and after;
     * but where one of the two is all, for what is excepted from that is unknown}
     */
    List<Write> to(LegacyDevices wanted) {
        List<Write> writes = new ArrayList<>();
        if (all || wanted.all) {
            writes.add(new Write(wanted.all, ALL));
            wanted.exceptions.forEach((device, access) -> writes.add(new Write(!wanted.all, device + " " + access)));
            return writes;
        }
        wanted.exceptions.forEach((device, access) -> add(writes, true, device, access, exceptions));
        exceptions.forEach((device, access) -> add(writes, false, device, access, wanted.exceptions));
        return writes;
    }

    private static void add(
            List<Write> writes, boolean allow, String device, String access, Map<String, String> without) {
        String rest = less(access, without.getOrDefault(device, ""));
        if (!rest.isEmpty()) {
            writes.add(new Write(allow, device + " " + rest));
        }
    }

    private void take(Write write) {
        if (write.line().equals(ALL)) {
            all = write.allow();
            exceptions.clear();
            return;
        }
        int space = write.line().lastIndexOf(' ');
        String device = write.line().substring(0, space);
        String access = write.line().substring(space + 1);
        String before = exceptions.getOrDefault(device, "");
        String now = write.allow() == all ? less(before, access) : more(before, access);
        if (now.isEmpty()) {
            exceptions.remove(device);
        } else {
            exceptions.put(device, now);
        }
    }

    private static String less(String access, String taken) {
        return letters(letter -> access.indexOf(letter) >= 0 && taken.indexOf(letter) < 0);
    }

    private static String more(String access, String added) {
        return letters(letter -> access.indexOf(letter) >= 0 || added.indexOf(letter) >= 0);
    }

    private static String letters(java.util.function.IntPredicate wanted) {
        StringBuilder text = new StringBuilder();
        LETTERS.chars().filter(wanted).forEach(letter -> text.append((char) letter));
        return text.toString();
    }
}
