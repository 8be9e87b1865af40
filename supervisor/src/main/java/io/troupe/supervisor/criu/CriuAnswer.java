package io.troupe.supervisor.criu;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What CRIU says, a {@code criu_resp}. */
public sealed interface CriuAnswer {
    /**
     * It waits for {@link CriuRequest#answer} at some point of its work; a no ends that work as a failure.
     *
     * @param point such as {@code post-dump} or {@code post-restore}
     * @param pid of the first process, as CRIU sees it, where there is one; else 0
     */
    record Notification(String point, int pid) implements CriuAnswer {}

    /**
     * What this CRIU and this kernel can.
     *
     * @param present of those that were asked for
     */
    record Features(Set<CriuRequest.Feature> present) implements CriuAnswer {}

    /** What was asked for is done. */
    record Done() implements CriuAnswer {}

    /**
     * What was asked for cannot be done.
     *
     * @param errno 0 if no system call failed
     * @param message may be empty: the log says more
     */
    record Failed(int errno, String message) implements CriuAnswer {}

    /**
     * {@return what a packet says}
     *
     * @throws IllegalArgumentException if it is none of CRIU's
     */
    static CriuAnswer of(byte[] packet) {
        ProtobufReader response = new ProtobufReader(packet);
        if (!response.has(1) || !response.has(2)) {
            throw new IllegalArgumentException("it is no answer of CRIU's");
        }
        if (response.number(2) == 0) {
            return new Failed(response.number(7), response.text(9));
        }
        if (response.number(1) == CriuRequest.Kind.FEATURES.number()) {
            ProtobufReader features = response.message(8);
            return new Features(Arrays.stream(CriuRequest.Feature.values())
                    .filter(feature -> features.number(feature.number()) != 0)
                    .collect(Collectors.toUnmodifiableSet()));
        }
        if (response.number(1) == CriuRequest.Kind.NOTIFY.number()) {
            ProtobufReader notification = response.message(5);
            return new Notification(notification.text(1), notification.number(2));
        }
        return new Done();
    }
}
