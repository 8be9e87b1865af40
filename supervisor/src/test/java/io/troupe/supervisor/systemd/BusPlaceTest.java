package io.troupe.supervisor.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BusPlaceTest {

    @Test
    void root_asks_the_system_s_systemd() {
        assertThat(BusPlace.of(Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/mine"), true, 0))
                .isEqualTo(new BusPlace("unix:path=/run/dbus/system_bus_socket", 0));
        assertThat(BusPlace.of(Map.of("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/other"), true, 0))
                .isEqualTo(new BusPlace("unix:path=/other", 0));
    }

    @Test
    void everybody_else_asks_his_own_also_as_root_of_a_user_namespace() {
        assertThat(BusPlace.of(Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/mine"), false, 1000))
                .isEqualTo(new BusPlace("unix:path=/mine", 1000));
        assertThat(BusPlace.of(Map.of("XDG_RUNTIME_DIR", "/tmp/r"), false, 1000))
                .isEqualTo(new BusPlace("unix:path=/tmp/r/bus", 1000));
        assertThat(BusPlace.of(Map.of("XDG_RUNTIME_DIR", ""), false, 1000))
                .isEqualTo(new BusPlace("unix:path=/run/user/1000/bus", 1000));
    }
}
