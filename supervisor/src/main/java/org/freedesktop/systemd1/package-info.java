/** Errors of systemd's D-Bus interface; dbus-java finds the class of an error by the error's name. */
@NullMarked
package org.freedesktop.systemd1;

import org.jspecify.annotations.NullMarked;
