package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.LinuxSection.NetDevice;
import io.troupe.supervisor.bundle.Namespaces.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** config-linux.md, "Network Devices". */
final class NetDeviceReader {
    /** What dev_valid_name() of the kernel takes, and % only in a template. */
    private static final Pattern NAME = Pattern.compile("[^\\s/:%\\p{Cntrl}]{1,15}");

    private static final Pattern TEMPLATE = Pattern.compile("[^\\s/:%\\p{Cntrl}]{0,13}%d");

    private NetDeviceReader() {}

    static List<NetDevice> devices(Map<String, Value> entries, Namespaces namespaces) {
        List<NetDevice> devices = new ArrayList<>();
        Set<String> inside = new HashSet<>();
        entries.forEach((name, value) -> {
            if (!namespaces.has(Kind.NETWORK)) {
                throw value.wrong(
                        "moves to no network namespace of the container's own",
                        "Add {\"type\": \"network\"} to linux.namespaces");
            }
            devices.add(device(name, value, inside));
        });
        return List.copyOf(devices);
    }

    private static NetDevice device(String name, Value value, Set<String> taken) {
        if (!valid(name)) {
            throw value.wrong("is not the name of a network interface", "Write one such as \"eth0\"");
        }
        Section section = value.object();
        String inside = section.text("name");
        section.end();
        if (inside.isEmpty()) {
            inside = name;
        } else if (!valid(inside) && !TEMPLATE.matcher(inside).matches()) {
            throw section.at("name")
                    .wrong(
                            Value.quoted(inside) + " is not the name of a network interface",
                            "Write one such as \"eth0\" or \"eth%d\"");
        }
        if (!inside.endsWith("%d") && !taken.add(inside)) {
            throw value.wrong("has the name of another one inside: " + Value.quoted(inside), "Give it another one");
        }
        return new NetDevice(name, inside);
    }

    private static boolean valid(String name) {
        return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
