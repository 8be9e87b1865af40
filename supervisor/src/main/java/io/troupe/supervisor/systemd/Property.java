package io.troupe.supervisor.systemd;

import java.util.List;
import java.util.SortedSet;

/** A property of a unit, by its D-Bus name and type (org.freedesktop.systemd1(5)). */
public sealed interface Property {
    /** All bits set is systemd's "infinity". */
    long INFINITY = -1;

    String name();

    /** Type s. */
    record Text(String name, String value) implements Property {}

    /** Type as. */
    record Texts(String name, List<String> values) implements Property {
        public Texts {
            values = List.copyOf(values);
        }
    }

    /** Type b. */
    record Flag(String name, boolean value) implements Property {}

    /** Type t, unsigned. */
    record Amount(String name, long value) implements Property {}

    /** Type i. */
    record Whole(String name, int value) implements Property {}

    /** Processors or memory nodes; type ay, a bit each. */
    record Members(String name, SortedSet<Integer> numbers) implements Property {}
}
