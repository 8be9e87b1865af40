package io.troupe.supervisor.bundle;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Resources.Hugepages;
import io.troupe.supervisor.bundle.Resources.Network;
import io.troupe.supervisor.bundle.Resources.Rdma;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** config-linux.md, "Huge page limits", "Network", "RDMA", "Unified". */
final class ControllerReader {
    /** The size is part of a file's name (GHSA-5g49-rx9x-qfc6). */
    private static final Pattern PAGE_SIZE = Pattern.compile("[1-9][0-9]{0,8}[KMG]B");

    private static final Pattern FILE = Pattern.compile("[a-z0-9_]+(\\.[A-Za-z0-9_]+)+");
    private static final Pattern WORD = Pattern.compile("[^\\s/]+");
    /** linux/if.h, IFNAMSIZ with its NUL. */
    private static final int MAX_INTERFACE = 15;

    private static final long MAX_UNSIGNED = 0xffff_ffffL;
    /** They say who is in the cgroup and whether it runs: no resources. */
    private static final Set<String> NO_RESOURCES = Set.of(
            "cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "cgroup.type", "cgroup.kill", "cgroup.freeze");

    private ControllerReader() {}

    static Hugepages hugepages(Section section) {
        Value size = section.need("pageSize");
        if (!PAGE_SIZE.matcher(size.text()).matches()) {
            throw size.wrong(Value.quoted(size.text()) + " is not a size of pages", "Write one such as \"2MB\"");
        }
        return new Hugepages(size.text(), section.need("limit").unsigned());
    }

    static Network network(Section section) {
        Long classId = section.number("classID", 0, MAX_UNSIGNED);
        Map<String, Long> priorities = new LinkedHashMap<>();
        section.objects("priorities", ControllerReader::priority)
                .forEach(one -> priorities.put(one.getKey(), one.getValue()));
        return new Network(classId == null || classId == 0 ? null : classId, Collections.unmodifiableMap(priorities));
    }

    private static Map.Entry<String, Long> priority(Section section) {
        Value name = section.need("name");
        if (name.text().length() > MAX_INTERFACE || !WORD.matcher(name.text()).matches()) {
            throw name.wrong(Value.quoted(name.text()) + " is not a network interface", "Write one such as \"eth0\"");
        }
        return Map.entry(name.text(), section.need("priority").number(0, MAX_UNSIGNED));
    }

    static Map<String, Rdma> rdma(Map<String, Value> devices) {
        Map<String, Rdma> limits = new LinkedHashMap<>();
        devices.forEach((device, value) -> {
            if (!WORD.matcher(device).matches()) {
                throw value.wrong("is not the name of a device", "Write one such as \"mlx5_1\"");
            }
            Section section = value.object();
            Long handles = section.number("hcaHandles", 0, MAX_UNSIGNED);
            Long objects = section.number("hcaObjects", 0, MAX_UNSIGNED);
            section.end();
            if (handles == null && objects == null) {
                throw value.wrong("limits nothing", "Set hcaHandles or hcaObjects");
            }
            limits.put(device, new Rdma(handles, objects));
        });
        return Collections.unmodifiableMap(limits);
    }

    static Map<String, String> unified(Map<String, Value> files) {
        Map<String, String> writes = new LinkedHashMap<>();
        files.forEach((file, value) -> {
            if (!FILE.matcher(file).matches()) {
                throw notFile(value);
            }
            if (NO_RESOURCES.contains(file)) {
                throw value.wrong("is not a resource", "Leave it out");
            }
            writes.put(file, value.text());
        });
        return Collections.unmodifiableMap(writes);
    }

    private static FailureException notFile(Value value) {
        return value.wrong("is not the name of a cgroup's file", "Write one such as \"memory.high\"");
    }
}
