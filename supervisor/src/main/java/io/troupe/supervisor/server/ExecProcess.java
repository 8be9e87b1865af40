package io.troupe.supervisor.server;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request;
import io.troupe.supervisor.bundle.CapabilitySets;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.bundle.ResourceLimit;
import io.troupe.supervisor.bundle.Scheduling;
import io.troupe.supervisor.bundle.SecurityLabels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The process of an exec that its options describe: the container's own, but for what they say. */
final class ExecProcess {
    private ExecProcess() {}

    static ProcessSection of(OciConfig config, Request.ExecOptions options) {
        if (config.extensions().keepGroups() && !options.additionalGids().isEmpty()) {
            throw new FailureException(
                    FailureCode.USAGE,
                    "--additional-gids",
                    "an annotation has the container's processes keep the groups of their callers",
                    "Leave it out, or be in the group");
        }
        ProcessSection own = config.process();
        List<String> env = new ArrayList<>(own == null ? List.of() : own.env());
        env.addAll(options.env());
        String cwd = options.cwd() != null ? options.cwd() : own == null ? "/" : own.cwd();
        return new ProcessSection(
                options.args(),
                env,
                cwd,
                user(own, options),
                options.terminal(),
                null,
                own == null ? List.<ResourceLimit>of() : own.rlimits(),
                capabilities(own, options.capabilities()),
                options.noNewPrivileges() || (own != null && own.noNewPrivileges()),
                own == null ? null : own.oomScoreAdj(),
                own == null ? Scheduling.INHERITED : own.scheduling(),
                labels(own, options));
    }

    private static SecurityLabels labels(@Nullable ProcessSection own, Request.ExecOptions options) {
        SecurityLabels labels = own == null ? SecurityLabels.NONE : own.labels();
        String apparmor = options.apparmor();
        String label = options.processLabel();
        return new SecurityLabels(
                apparmor == null ? labels.apparmor() : apparmor, label == null ? labels.selinux() : label);
    }

    private static ProcessSection.User user(@Nullable ProcessSection own, Request.ExecOptions options) {
        long uid = own == null ? 0 : own.user().uid();
        long gid = own == null ? 0 : own.user().gid();
        List<Long> groups = new ArrayList<>(own == null ? List.of() : own.user().additionalGids());
        String user = options.user();
        if (user != null) {
            // UID or UID:GID, checked where the command line was read.
            int colon = user.indexOf(':');
            uid = Long.parseLong(colon < 0 ? user : user.substring(0, colon));
            gid = colon < 0 ? gid : Long.parseLong(user.substring(colon + 1));
        }
        groups.addAll(options.additionalGids());
        return new ProcessSection.User(
                uid, gid, groups, own == null ? null : own.user().umask());
    }

    /** Added to what the process may do, never to what it may pass on (CVE-2022-29162). */
    private static CapabilitySets capabilities(@Nullable ProcessSection own, List<String> added) {
        CapabilitySets sets = own == null ? CapabilitySets.NONE : own.capabilities();
        long more = 0;
        for (String name : added) {
            Integer number = io.troupe.supervisor.bundle.CapabilityNames.number(name);
            if (number == null) {
                throw new FailureException(
                        FailureCode.USAGE,
                        "--cap " + name,
                        "it is no capability",
                        "See capabilities(7) for their names");
            }
            more |= 1L << number;
        }
        return new CapabilitySets(
                sets.bounding() | more,
                sets.effective() | more,
                sets.permitted() | more,
                sets.inheritable(),
                sets.ambient());
    }
}
