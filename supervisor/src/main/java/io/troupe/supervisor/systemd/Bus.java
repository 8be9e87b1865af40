package io.troupe.supervisor.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.freedesktop.dbus.connections.IDisconnectCallback;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.Properties;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;
import org.freedesktop.dbus.types.Variant;

/** A connection to the bus that systemd's manager is on. The one class that speaks D-Bus, loaded with the first request. */
final class Bus implements AutoCloseable {
    private static final String NAME = "org.freedesktop.systemd1";
    private static final String SOCKET = "unix:path=";
    private static final String NOT_FOUND = "not-found";
    private static final String PATH = "/org/freedesktop/systemd1";

    private final DBusConnection connection;
    private final Manager manager;

    private Bus(DBusConnection connection, Manager manager) {
        this.connection = connection;
        this.manager = manager;
    }

    /**
     * Connects, and has systemd tell of jobs that have ended.
     *
     * @param ended takes the unit and the result of a job
     * @param lost told once the connection is gone, with the reason
     */
    static Bus open(BusPlace place, BiConsumer<String, String> ended, Consumer<String> lost) throws DBusException {
        requireSocket(place.address());
        DBusConnection connection = DBusConnectionBuilder.forAddress(place.address())
                .withShared(false)
                .transportConfig()
                .configureSasl()
                .withSaslUid(place.uid())
                .back()
                .back()
                .withDisconnectCallback(new IDisconnectCallback() {
                    @Override
                    public void disconnectOnError(IOException problem) {
                        lost.accept("" + problem.getMessage());
                    }

                    @Override
                    public void requestedDisconnect(Integer id) {
                        lost.accept("it was closed");
                    }
                })
                .build();
        try {
            connection.addSigHandler(Manager.JobRemoved.class, job -> ended.accept(job.unit, job.result));
            Manager manager = connection.getRemoteObject(NAME, PATH, Manager.class);
            manager.Subscribe();
            return new Bus(connection, manager);
        } catch (DBusException | RuntimeException problem) {
            connection.disconnect();
            throw problem;
        }
    }

    /** The library would look for it many times. */
    private static void requireSocket(String address) throws DBusException {
        if (address.startsWith(SOCKET) && Files.notExists(Path.of(address.substring(SOCKET.length())))) {
            throw new DBusException("there is no " + address.substring(SOCKET.length()));
        }
    }

    Manager manager() {
        return manager;
    }

    boolean isConnected() {
        return connection.isConnected();
    }

    /** {@return a property of the manager that is text} */
    String text(String property) throws DBusException {
        return connection.getRemoteObject(NAME, PATH, Properties.class).Get(Manager.INTERFACE, property);
    }

    /** {@return whether systemd has a unit of this name} */
    boolean has(String unit) throws DBusException {
        String path = manager.LoadUnit(unit).getPath();
        String state = connection.getRemoteObject(NAME, path, Properties.class).Get(Manager.UNIT, "LoadState");
        return !state.equals(NOT_FOUND);
    }

    static List<Manager.UnitProperty> wire(List<Property> properties) {
        return properties.stream()
                .map(property -> new Manager.UnitProperty(property.name(), variant(property)))
                .toList();
    }

    static Manager.UnitProperty processes(int pid) {
        return new Manager.UnitProperty("PIDs", new Variant<>(new UInt32[] {new UInt32(pid)}, "au"));
    }

    private static Variant<?> variant(Property property) {
        return switch (property) {
            case Property.Text text -> new Variant<>(text.value(), "s");
            case Property.Texts texts -> new Variant<>(texts.values().toArray(String[]::new), "as");
            case Property.Flag flag -> new Variant<>(flag.value(), "b");
            case Property.Amount amount -> new Variant<>(new UInt64(Long.toUnsignedString(amount.value())), "t");
            case Property.Whole whole -> new Variant<>(whole.value(), "i");
            case Property.Members members -> new Variant<>(bits(members.numbers()), "ay");
        };
    }

    /** Member n is bit n % 8 of byte n / 8. */
    static byte[] bits(SortedSet<Integer> numbers) {
        byte[] bits = new byte[numbers.isEmpty() ? 0 : numbers.last() / Byte.SIZE + 1];
        numbers.forEach(number -> bits[number / Byte.SIZE] |= (byte) (1 << number % Byte.SIZE));
        return bits;
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
