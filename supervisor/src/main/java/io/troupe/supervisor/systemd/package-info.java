/**
 * systemd as the maker of cgroups: transient scopes by the D-Bus interface of its manager
 * (org.freedesktop.systemd1(5)).
 *
 * <p>Read in this order: {@link io.troupe.supervisor.systemd.ScopeName} (which unit), {@link
 * io.troupe.supervisor.systemd.Scope} and {@link io.troupe.supervisor.systemd.Property} (what is asked for), {@link
 * io.troupe.supervisor.systemd.Systemd} (who is asked), {@link io.troupe.supervisor.systemd.BusSystemd} (how). Nothing of
 * D-Bus is loaded, and nothing connected, before somebody asks for a scope.
 */
@NullMarked
package io.troupe.supervisor.systemd;

import org.jspecify.annotations.NullMarked;
