package io.troupe.supervisor.bundle;

import io.troupe.protocol.FailureException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The words that config.json may use, out of the tables that it is read by. Lists are sorted, but for hooks, which are in
 * the order of their runs, and capabilities, which are in the order of their numbers.
 */
public final class Vocabulary {
    private Vocabulary() {}

    /** Fields that are a matter of yes or no, each with a configuration that asks for it. */
    public enum Field {
        APPARMOR("""
                "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0}, "apparmorProfile": "a"}"""),
        SELINUX("""
                "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0}, "selinuxLabel": "a"}"""),
        ID_MAPPED_MOUNTS("""
                "mounts": [{"destination": "/a", "type": "bind", "source": "/a", "options": ["bind"],
                    "uidMappings": [{"containerID": 0, "hostID": 1, "size": 1}],
                    "gidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]}]"""),
        INTEL_RDT("""
                "linux": {"intelRdt": {"closID": "a", "l3CacheSchema": "L3:0=f", "memBwSchema": "MB:0=20"}}"""),
        INTEL_RDT_SCHEMATA("""
                "linux": {"intelRdt": {"schemata": ["L3:0=f"]}}"""),
        INTEL_RDT_MONITORING("""
                "linux": {"intelRdt": {"enableMonitoring": true}}"""),
        NET_DEVICES("""
                "linux": {"namespaces": [{"type": "network"}], "netDevices": {"eth0": {}}}"""),
        RDMA("""
                "linux": {"resources": {"rdma": {"mlx5_1": {"hcaHandles": 1}}}}""");

        private final String sample;

        Field(String sample) {
            this.sample = sample;
        }

        /** {@return whether it is served: a configuration with it is read, and nothing in it is unknown} */
        public boolean isServed() {
            String rest = sample.contains("\"linux\"") ? "" : ", \"linux\": {}";
            String json = "{\"ociVersion\": \"1.0.0\", \"root\": {\"path\": \"a\"}, " + sample + rest + "}";
            try {
                return ConfigReader.config(json.getBytes(StandardCharsets.UTF_8))
                        .unknownFields()
                        .isEmpty();
            } catch (FailureException _) {
                return false;
            }
        }
    }

    /** {@return kinds of hooks} */
    public static List<String> hooks() {
        return HookReader.KINDS;
    }

    /** {@return options of mounts that are no file system's own} */
    public static List<String> mountOptions() {
        return List.copyOf(MountWords.all());
    }

    /** {@return types of namespaces} */
    public static List<String> namespaces() {
        return sorted(Arrays.stream(Namespaces.Kind.values())
                .map(Namespaces.Kind::word)
                .toList());
    }

    /** {@return names of capabilities} */
    public static List<String> capabilities() {
        return CapabilityReader.NAMES;
    }

    /** {@return annotations of crun's that change what is done, or are refused} */
    public static List<String> extensions() {
        return sorted(ExtensionReader.NAMES);
    }

    /** {@return {@code SCMP_ACT_*}} */
    public static List<String> seccompActions() {
        return sorted(SeccompReader.ACTIONS.keySet());
    }

    /** {@return {@code SCMP_CMP_*}} */
    public static List<String> seccompOperators() {
        return sorted(SeccompReader.OPERATORS.keySet());
    }

    /** {@return {@code SCMP_ARCH_*}; libseccomp may know fewer} */
    public static List<String> seccompArchitectures() {
        return sorted(SeccompReader.ARCHITECTURES);
    }

    /** {@return {@code SECCOMP_FILTER_FLAG_*}; the kernel may know fewer} */
    public static List<String> seccompFlags() {
        return sorted(SeccompProfile.FLAGS.keySet());
    }

    /** {@return {@code MPOL_*}} */
    public static List<String> memoryPolicyModes() {
        return sorted(ExecutionReader.MODES.keySet());
    }

    /** {@return {@code MPOL_F_*}} */
    public static List<String> memoryPolicyFlags() {
        return sorted(ExecutionReader.FLAGS.keySet());
    }

    private static List<String> sorted(Collection<String> words) {
        return words.stream().sorted().toList();
    }
}
