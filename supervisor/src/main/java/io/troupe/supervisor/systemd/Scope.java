package io.troupe.supervisor.systemd;

import java.util.List;

/**
 * A transient scope unit (systemd.scope(5)) that is to hold a container's process.
 *
 * @param description for people
 * @param properties besides those that every scope of ours has; a later one of the same name wins
 */
public record Scope(ScopeName name, String description, List<Property> properties) {
    public Scope {
        properties = List.copyOf(properties);
    }
}
