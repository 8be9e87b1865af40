package io.troupe.supervisor.bundle;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Annotations of crun's. Those that are not served are refused, and those that nobody knows are noted. */
final class ExtensionReader {
    private static final String PREFIX = "run.oci.";
    private static final String KEEP_GROUPS = PREFIX + "keep_original_groups";
    private static final String HOOK_OUTPUT = PREFIX + "hooks.stdout";
    private static final String HOOK_ERRORS = PREFIX + "hooks.stderr";
    private static final String PIDFD_RECEIVER = PREFIX + "pidfd_receiver";
    private static final String SECCOMP_RECEIVER = PREFIX + "seccomp.receiver";
    private static final String KNOWN_CALLS = PREFIX + "seccomp_fail_unknown_syscall";
    private static final String RAW_FILTER = PREFIX + "seccomp_bpf_data";
    private static final String LABEL_OPTION = PREFIX + "mount_context_type";
    private static final String LEGACY_SYSTEMD = PREFIX + "systemd.force_cgroup_v1";
    private static final String SUBGROUP = PREFIX + "systemd.subgroup";
    private static final String DELEGATED_CGROUP = PREFIX + "delegate-cgroup";
    private static final String HANDLER = PREFIX + "handler";
    private static final String PLUGINS = PREFIX + "seccomp.plugins";

    /** Those that change what is done, or are refused. */
    static final Set<String> NAMES = Set.of(
            KEEP_GROUPS,
            HOOK_OUTPUT,
            HOOK_ERRORS,
            PIDFD_RECEIVER,
            SECCOMP_RECEIVER,
            KNOWN_CALLS,
            RAW_FILTER,
            LABEL_OPTION,
            LEGACY_SYSTEMD,
            SUBGROUP,
            DELEGATED_CGROUP,
            HANDLER,
            PLUGINS);

    /** Kubernetes copies a pod's annotations to the container that only holds its namespaces, and runs no program of it. */
    private static final String KIND = "io.kubernetes.cri.container-type";

    /** By which crun guesses that a program is one of WebAssembly; elsewhere it says something of the image alone. */
    private static final String VARIANT = "module.wasm.image/variant";

    private static final Set<String> LABEL_OPTIONS = Set.of("context", "fscontext", "defcontext", "rootcontext");
    private static final int INSTRUCTION_BYTES = 8;
    /** BPF_MAXINSNS of linux/bpf_common.h. */
    private static final int MOST_INSTRUCTIONS = 4096;

    private final Map<String, Value> annotations;

    private ExtensionReader(Map<String, Value> annotations) {
        this.annotations = annotations;
    }

    static Extensions extensions(Map<String, Value> annotations) {
        return new ExtensionReader(annotations).read();
    }

    private Extensions read() {
        refuse();
        return new Extensions(
                isOn(KEEP_GROUPS),
                text(HOOK_OUTPUT, Value::word),
                text(HOOK_ERRORS, Value::word),
                text(PIDFD_RECEIVER, Value::word),
                text(SECCOMP_RECEIVER, Value::absolute),
                isOn(KNOWN_CALLS),
                text(RAW_FILTER, ExtensionReader::filter),
                annotations.containsKey(LABEL_OPTION) ? text(LABEL_OPTION, ExtensionReader::labelOption) : "context",
                text(LEGACY_SYSTEMD, Value::absolute),
                text(SUBGROUP, ExtensionReader::cgroup),
                text(DELEGATED_CGROUP, ExtensionReader::cgroup),
                passedOver());
    }

    private void refuse() {
        Value handler = annotations.get(HANDLER);
        if (handler != null && !isSandbox()) {
            throw handler.unserved(
                    Value.quoted(handler.text()) + " is a program in place of the container's, and Troupe has none",
                    "Remove it, or use crun with that handler");
        }
        Value plugins = annotations.get(PLUGINS);
        if (plugins != null) {
            throw plugins.unserved(
                    "is not served: Troupe loads no foreign code into its processes",
                    "Let a program of its own answer, and name its socket in linux.seccomp.listenerPath");
        }
    }

    private boolean isSandbox() {
        Value kind = annotations.get(KIND);
        return kind != null && kind.text().equals("sandbox");
    }

    /** crun takes anything but 0 for yes. */
    private boolean isOn(String name) {
        Value value = annotations.get(name);
        return value != null && !value.text().equals("0");
    }

    private String text(String name, Function<Value, String> reader) {
        @Nullable Value value = annotations.get(name);
        return value == null ? "" : reader.apply(value);
    }

    private static String filter(Value value) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(value.text());
        } catch (IllegalArgumentException _) {
            throw value.wrong("is not Base64", "Encode the filter without line breaks");
        }
        if (bytes.length == 0
                || bytes.length % INSTRUCTION_BYTES != 0
                || bytes.length / INSTRUCTION_BYTES > MOST_INSTRUCTIONS) {
            throw value.wrong(
                    "is not a filter: it has " + bytes.length + " bytes",
                    "Encode 1 to " + MOST_INSTRUCTIONS + " instructions of 8 bytes");
        }
        return value.text();
    }

    private static String labelOption(Value value) {
        if (!LABEL_OPTIONS.contains(value.text())) {
            throw value.wrong(
                    Value.quoted(value.text()) + " is not an option of mount(8) for labels",
                    "Write context, fscontext, defcontext or rootcontext");
        }
        return value.text();
    }

    /** Empty is none, as in crun. */
    private static String cgroup(Value value) {
        String path = value.text();
        boolean leads = List.of(path.split("/", -1)).stream()
                .anyMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
        if (!path.isEmpty() && leads) {
            throw value.wrong(
                    Value.quoted(path) + " is not below the container's cgroup", "Write a name such as \"payload\"");
        }
        return path.isEmpty() ? "" : value.word();
    }

    private List<String> passedOver() {
        return annotations.keySet().stream()
                .filter(name -> name.equals(HANDLER)
                        || name.equals(VARIANT)
                        || (name.startsWith(PREFIX) && !NAMES.contains(name)))
                .toList();
    }
}
