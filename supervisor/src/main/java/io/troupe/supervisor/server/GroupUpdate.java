package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.IntelRdt;
import io.troupe.supervisor.container.Blueprint;
import io.troupe.supervisor.host.Resctrl;
import io.troupe.supervisor.process.LimitChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * New lines for the schemata of a container's group of resctrl. Others may be in it, and get them too.
 *
 * @param resctrl null if it is not mounted
 */
record GroupUpdate(
        Request.Update request,
        Blueprint blueprint,
        @Nullable Resctrl resctrl) {

    List<LimitChange> changes() {
        String cache = request.schemata().l3Cache();
        String bandwidth = request.schemata().memoryBandwidth();
        if (cache == null && bandwidth == null) {
            return List.of();
        }
        IntelRdt group = PrivateConfig.read(request.name(), blueprint).linux().intelRdt();
        if (group == null) {
            throw new FailureException(
                    FailureCode.UNSUPPORTED,
                    "update",
                    "the container has no group of resctrl: linux.intelRdt is not in its configuration",
                    "Create it with one");
        }
        ResctrlGroups groups = ResctrlGroups.need(resctrl);
        String file = groups.directory(request.name(), group) + "/schemata";
        List<LimitChange> changes = new ArrayList<>();
        if (cache != null) {
            groups.requireCache("update: --l3-cache-schema");
            changes.add(change("l3CacheSchema", file, line("update: --l3-cache-schema", cache, "L3")));
        }
        if (bandwidth != null) {
            groups.requireBandwidth("update: --mem-bw-schema");
            changes.add(change("memBwSchema", file, line("update: --mem-bw-schema", bandwidth, "MB:")));
        }
        return changes;
    }

    private static String line(String where, String text, String beginning) {
        if (!text.startsWith(beginning) || text.chars().anyMatch(Character::isISOControl)) {
            throw new FailureException(
                    FailureCode.USAGE,
                    where,
                    "it is not one line that begins with " + beginning,
                    "Write one such as L3:0=f;1=f or MB:0=20;1=70");
        }
        return text;
    }

    private static LimitChange change(String field, String file, String line) {
        return new LimitChange.InFile("intelRdt." + field, List.of(file), List.of(line + "\n"));
    }
}
