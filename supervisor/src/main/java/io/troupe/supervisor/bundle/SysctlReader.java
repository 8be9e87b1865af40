package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.Namespaces.Kind;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** config-linux.md, "Sysctl": only parameters that belong to one of the container's own namespaces are served. */
final class SysctlReader {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_@:.-]+(/[A-Za-z0-9_@:.-]+)+");
    private static final Set<String> OF_IPC = Set.of(
            "kernel/msgmax",
            "kernel/msgmnb",
            "kernel/msgmni",
            "kernel/sem",
            "kernel/shm_rmid_forced",
            "kernel/shmall",
            "kernel/shmmax",
            "kernel/shmmni");
    private static final Set<String> OF_UTS = Set.of("kernel/domainname", "kernel/hostname");

    private SysctlReader() {}

    static Map<String, String> sysctl(Map<String, Value> entries, Namespaces namespaces) {
        Map<String, String> sysctl = new TreeMap<>();
        entries.forEach((written, value) -> {
            String key = slashed(written);
            check(key, value, namespaces);
            String text = value.text();
            if (text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
                throw value.wrong("contains a control character", "Remove it");
            }
            if (sysctl.put(key, text) != null) {
                throw value.wrong("is there twice, with dots and with slashes", "Remove one");
            }
        });
        return Collections.unmodifiableMap(sysctl);
    }

    /** The separator that comes first is the separator; the other one is then part of names (sysctl.d(5)). */
    private static String slashed(String key) {
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        if (dot < 0 || (slash >= 0 && slash < dot)) {
            return key;
        }
        return key.replace('/', '\0').replace('.', '/').replace('\0', '.');
    }

    private static void check(String key, Value value, Namespaces namespaces) {
        if (!KEY.matcher(key).matches() || !Collections.disjoint(List.of(key.split("/", -1)), Set.of(".", ".."))) {
            throw value.wrong("is not the name of a kernel parameter", "Write one such as net.ipv4.ip_forward");
        }
        Kind kind = kind(key, value);
        if (!namespaces.has(kind)) {
            throw value.wrong(
                    "would change the host: there is no " + kind.word() + " namespace",
                    "Add {\"type\": \"" + kind.word() + "\"} to linux.namespaces");
        }
    }

    /** {@return whether a key with slashes belongs to the uts namespace} */
    static boolean ofUts(String key) {
        return OF_UTS.contains(key);
    }

    private static Kind kind(String key, Value value) {
        if (key.startsWith("net/")) {
            return Kind.NETWORK;
        }
        if (OF_IPC.contains(key) || key.startsWith("fs/mqueue/")) {
            return Kind.IPC;
        }
        if (ofUts(key)) {
            return Kind.UTS;
        }
        throw value.wrong("belongs to no namespace, so it would change the host", "Set it on the host");
    }
}
