package io.troupe.supervisor.plan;

import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.systemd.Property;
import io.troupe.supervisor.systemd.Scope;
import io.troupe.supervisor.systemd.ScopeName;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The scope that systemd is to make for a container, as runc asks for it (runc's docs/systemd.md). */
final class Scopes {
    private Scopes() {}

    /**
     * {@return where the container's process shall be; null if systemd is not to make its cgroup}
     *
     * @param byDefault the cgroup of a bundle that names none, such as {@code troupe/web1}
     * @throws FailureException INVALID_BUNDLE
     */
    static @Nullable ScopeName name(OciConfig config, LaunchContext context, String byDefault) {
        String given = config.linux().cgroupsPath();
        if (context.systemd() == null) {
            requirePath(given);
            return null;
        }
        return ScopeName.of(
                given == null || given.isEmpty() ? "::" + ScopeName.escaped(byDefault.replace('/', '-')) : given,
                context.host().uid() == 0 && context.host().initialUserNamespace() ? "system.slice" : "user.slice");
    }

    /** A directory may be called so, but nobody means it. */
    private static void requirePath(@Nullable String given) {
        if (given != null
                && !given.startsWith("/")
                && given.chars().filter(c -> c == ':').count() == 2) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    "config.json: linux.cgroupsPath \"" + given + "\"",
                    "it is a scope of systemd's, and Troupe is to make the cgroup",
                    "Use --systemd-cgroup, or write a path");
        }
    }

    static Scope of(ScopeName name, OciConfig config, LaunchContext context, CgroupSteps cgroups) {
        List<Property> properties = new ArrayList<>(cgroups.properties());
        properties.addAll(ScopeAnnotations.of(new TreeMap<>(config.annotations())));
        return new Scope(name, "troupe container " + context.name(), properties);
    }
}
