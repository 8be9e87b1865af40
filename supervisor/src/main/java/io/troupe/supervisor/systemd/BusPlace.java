package io.troupe.supervisor.systemd;

import java.util.Map;

/**
 * Which bus systemd's manager is asked on, and as whom.
 *
 * @param address such as {@code unix:path=/run/dbus/system_bus_socket}
 * @param uid ours as the bus knows it: that of the host, also for root of a user namespace
 */
public record BusPlace(String address, long uid) {
    private static final String SYSTEM = "unix:path=/run/dbus/system_bus_socket";

    /**
     * {@return the place for a user: the host's root has the system's systemd, everybody else one of his own, on the bus
     * of his session}
     *
     * @param hostsRoot not for root of a user namespace
     * @param uid of the host
     */
    public static BusPlace of(Map<String, String> environment, boolean hostsRoot, long uid) {
        if (hostsRoot) {
            return new BusPlace(given(environment, "DBUS_SYSTEM_BUS_ADDRESS", SYSTEM), uid);
        }
        String runtime = given(environment, "XDG_RUNTIME_DIR", "/run/user/" + uid);
        return new BusPlace(given(environment, "DBUS_SESSION_BUS_ADDRESS", "unix:path=" + runtime + "/bus"), uid);
    }

    /** podman passes empty ones for those that it has not. */
    private static String given(Map<String, String> environment, String name, String byDefault) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? byDefault : value;
    }
}
