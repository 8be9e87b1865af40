package io.troupe.supervisor.bundle;

import org.jspecify.annotations.Nullable;

/** Names and numbers of capabilities(7). */
public final class CapabilityNames {
    private CapabilityNames() {}

    /** {@return the name of a capability, by its number} */
    public static String name(int number) {
        return CapabilityReader.NAMES.get(number);
    }

    /**
     * {@return the number of a capability; null for a name that is none}
     *
     * @param name such as {@code CAP_NET_ADMIN}
     */
    public static @Nullable Integer number(String name) {
        int index = CapabilityReader.NAMES.indexOf(name);
        return index < 0 ? null : index;
    }
}
