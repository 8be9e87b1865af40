package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** config.md, "Linux Process": capabilities. */
final class CapabilityReader {
    /** Names of linux/capability.h; the index is the number. */
    static final List<String> NAMES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_DAC_READ_SEARCH",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETPCAP",
            "CAP_LINUX_IMMUTABLE",
            "CAP_NET_BIND_SERVICE",
            "CAP_NET_BROADCAST",
            "CAP_NET_ADMIN",
            "CAP_NET_RAW",
            "CAP_IPC_LOCK",
            "CAP_IPC_OWNER",
            "CAP_SYS_MODULE",
            "CAP_SYS_RAWIO",
            "CAP_SYS_CHROOT",
            "CAP_SYS_PTRACE",
            "CAP_SYS_PACCT",
            "CAP_SYS_ADMIN",
            "CAP_SYS_BOOT",
            "CAP_SYS_NICE",
            "CAP_SYS_RESOURCE",
            "CAP_SYS_TIME",
            "CAP_SYS_TTY_CONFIG",
            "CAP_MKNOD",
            "CAP_LEASE",
            "CAP_AUDIT_WRITE",
            "CAP_AUDIT_CONTROL",
            "CAP_SETFCAP",
            "CAP_MAC_OVERRIDE",
            "CAP_MAC_ADMIN",
            "CAP_SYSLOG",
            "CAP_WAKE_ALARM",
            "CAP_BLOCK_SUSPEND",
            "CAP_AUDIT_READ",
            "CAP_PERFMON",
            "CAP_BPF",
            "CAP_CHECKPOINT_RESTORE");

    private static final Map<String, Integer> NUMBERS = IntStream.range(0, NAMES.size())
            .boxed()
            .collect(Collectors.toUnmodifiableMap(NAMES::get, number -> number));

    private CapabilityReader() {}

    static CapabilitySets sets(Section section) {
        long permitted = set(section, "permitted");
        long inheritable = set(section, "inheritable");
        CapabilitySets sets = new CapabilitySets(
                set(section, "bounding"),
                set(section, "effective"),
                permitted,
                inheritable,
                // The kernel has no ambient capability outside the two (capabilities(7)). "runc spec" and "crun spec"
                // write such ones all the same, and they have never meant anything.
                set(section, "ambient") & permitted & inheritable);
        within(section, "effective", sets.effective(), "permitted", permitted);
        return sets;
    }

    private static long set(Section section, String name) {
        long bits = 0;
        for (long bit : section.each(name, CapabilityReader::bit)) {
            bits |= bit;
        }
        return bits;
    }

    private static long bit(Value value) {
        String name = value.text();
        Integer number = NUMBERS.get(name);
        if (number == null) {
            value.unknown().add(value.path() + ": " + Value.quoted(name));
            return 0;
        }
        return 1L << number;
    }

    /** The kernel would refuse it with EPERM and not say why (capabilities(7)). */
    private static void within(Section section, String name, long set, String outerName, long outer) {
        long beyond = set & ~outer;
        if (beyond != 0) {
            String capability = NAMES.get(Long.numberOfTrailingZeros(beyond));
            throw section.at(name).wrong(capability + " is not in " + outerName, "Add it there or remove it here");
        }
    }
}
