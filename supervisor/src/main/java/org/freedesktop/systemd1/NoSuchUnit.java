package org.freedesktop.systemd1;

import java.io.Serial;
import org.freedesktop.dbus.exceptions.DBusExecutionException;

/** systemd has no unit of the name. */
public final class NoSuchUnit extends DBusExecutionException {
    @Serial
    private static final long serialVersionUID = 1;

    public NoSuchUnit(String message) {
        super(message);
    }
}
