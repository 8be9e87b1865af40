package io.troupe.supervisor.systemd;

import java.util.List;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.Struct;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.Position;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.messages.DBusSignal;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;

/** {@code org.freedesktop.systemd1.Manager}, as far as it is used (org.freedesktop.systemd1(5)). */
@SuppressWarnings({"MethodName", "MemberName"}) // D-Bus's names
@DBusInterfaceName(Manager.INTERFACE)
public interface Manager extends DBusInterface {
    String INTERFACE = "org.freedesktop.systemd1.Manager";

    /** What every unit has. */
    String UNIT = "org.freedesktop.systemd1.Unit";

    /** Without it systemd sends no signals. */
    void Subscribe();

    /** {@return where the unit is, loaded or not found} */
    DBusPath LoadUnit(String name);

    /** {@return the job that makes the unit} */
    DBusPath StartTransientUnit(String name, String mode, List<UnitProperty> properties, List<AuxiliaryUnit> auxiliary);

    void SetUnitProperties(String name, boolean runtime, List<UnitProperty> properties);

    /** {@return the job that ends the unit} */
    DBusPath StopUnit(String name, String mode);

    void ResetFailedUnit(String name);

    /** {@code (sv)}. */
    final class UnitProperty extends Struct {
        @Position(0)
        public final String name;

        @Position(1)
        public final Variant<?> value;

        public UnitProperty(String name, Variant<?> value) {
            this.name = name;
            this.value = value;
        }
    }

    /** {@code (sa(sv))}; none is ever sent. */
    final class AuxiliaryUnit extends Struct {
        @Position(0)
        public final String name;

        @Position(1)
        public final List<UnitProperty> properties;

        public AuxiliaryUnit(String name, List<UnitProperty> properties) {
            this.name = name;
            this.properties = List.copyOf(properties);
        }
    }

    /** A job has ended, as {@code result} says: {@code done}, or how not. */
    final class JobRemoved extends DBusSignal {
        final String unit;
        final String result;

        public JobRemoved(String path, UInt32 id, DBusPath job, String unit, String result) throws DBusException {
            super(path, id, job, unit, result);
            this.unit = unit;
            this.result = result;
        }
    }
}
