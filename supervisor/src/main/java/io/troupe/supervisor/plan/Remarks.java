package io.troupe.supervisor.plan;

import io.troupe.protocol.Version;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.bundle.SeccompProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What of a configuration is passed over, for callers who ask for details. */
final class Remarks {
    /** How unknown fields tell of what binds take no notice of. */
    private static final Pattern BIND_OPTION = Pattern.compile("mounts\\[\\d+]\\.options\\[\\d+]: .*");

    private static final String SUBGROUP = "run.oci.systemd.subgroup";

    private Remarks() {}

    /** {@return what is not as wanted, a line each, for every caller} */
    static List<String> warnings(Bundle bundle, Grant grant, ProcessSection process) {
        List<String> lines = new ArrayList<>(grant.warnings(bundle, process));
        bundle.unknownFields().stream()
                .filter(BIND_OPTION.asMatchPredicate())
                .forEach(path -> lines.add(
                        "config.json: " + path + " is left out: it is for file systems, and binds make none"));
        return lines;
    }

    /**
     * {@return a line for each; what the specification of a later minor version has more is among the unknown fields}
     *
     * @param scoped whether systemd makes the cgroup
     */
    static List<String> of(Bundle bundle, boolean scoped, FilterCompiler filters) {
        List<String> lines = new ArrayList<>();
        bundle.unknownFields().stream()
                .filter(path -> !path.startsWith(Grant.CAPABILITIES))
                .filter(BIND_OPTION.asMatchPredicate().negate())
                .forEach(path -> lines.add("config.json: " + path + " is passed over: version " + Version.OCI
                        + " of the specification has no such field"));
        OciConfig config = bundle.config();
        boolean raw = !config.extensions().rawFilter().isEmpty();
        SeccompProfile profile = config.linux().seccomp();
        if (raw && profile != null) {
            lines.add("config.json: linux.seccomp is passed over: an annotation has the filter");
        }
        List<String> calls = raw || profile == null ? List.of() : filters.unknown(profile);
        if (!calls.isEmpty()) {
            lines.add("config.json: linux.seccomp: calls that libseccomp does not know are passed over: "
                    + String.join(", ", calls));
        }
        config.extensions()
                .passedOver()
                .forEach(name ->
                        lines.add("config.json: annotations[\"" + name + "\"] is passed over: it means nothing here"));
        config.annotations().keySet().stream()
                .filter(name -> !scoped && (name.startsWith(ScopeAnnotations.PREFIX) || name.equals(SUBGROUP)))
                .forEach(name -> lines.add(
                        "config.json: annotations[\"" + name + "\"] is passed over: systemd does not make the cgroup"));
        ProcessSection process = config.process();
        if (process != null
                && config.extensions().keepGroups()
                && !process.user().additionalGids().isEmpty()) {
            lines.add("config.json: process.user.additionalGids is passed over: the process keeps its caller's groups");
        }
        return lines;
    }
}
