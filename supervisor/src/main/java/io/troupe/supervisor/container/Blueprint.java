package io.troupe.supervisor.container;

import io.troupe.supervisor.process.Footprint;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a create asks for, as far as the journal keeps it: no argument and no environment value, which may be secrets.
 *
 * @param bundle the bundle's directory, absolute
 * @param rootfs the root file system's directory, absolute
 * @param ociVersion as config.json says
 * @param annotations of config.json
 * @param configDigest SHA-256 of config.json in hexadecimal digits
 * @param poststart whether there are poststart hooks
 * @param poststop whether there are poststop hooks
 * @param lateSteps what each step of the plan's child section behind the gate does, by its index there, such as
 *     {@code exec /bin/sh}: a failure of {@code start} is told with it. Empty without a program
 */
public record Blueprint(
        String bundle,
        String rootfs,
        String ociVersion,
        SortedMap<String, String> annotations,
        String configDigest,
        Footprint footprint,
        Intent intent,
        boolean poststart,
        boolean poststop,
        SortedMap<Integer, String> lateSteps) {

    public Blueprint {
        annotations = sorted(annotations);
        lateSteps = sorted(lateSteps);
    }

    /** {@return whether there is a program to start: it stands behind the gate} */
    public boolean startable() {
        return !lateSteps.isEmpty();
    }

    private static <K extends Comparable<K>> SortedMap<K, String> sorted(Map<K, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
