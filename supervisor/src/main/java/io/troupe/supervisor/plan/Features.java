package io.troupe.supervisor.plan;

import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Version;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.SeccompProfile;
import io.troupe.supervisor.bundle.Vocabulary;
import io.troupe.supervisor.bundle.Vocabulary.Field;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import io.troupe.syscall.Seccomp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What Troupe has of the specification, out of the tables that configurations are read by and of plans made for the
 * purpose: nothing is claimed by hand.
 *
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/features.md Runtime Specification, Features Structure
 */
public final class Features {
    private static final String OLDEST = "1.0.0";
    private static final CgroupLayout LEGACY = new CgroupLayout(
            List.of(new CgroupLayout.Hierarchy(List.of("memory"), "/cg/memory", "/")), Optional.empty());
    private static final CgroupLayout UNIFIED =
            new CgroupLayout(List.of(), Optional.of(new CgroupLayout.Hierarchy(List.of("memory"), "/cg", "/")));
    private static final String SAMPLE = """
            {"ociVersion": "1.0.0", "root": {"path": "a"},
             "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0}},
             "linux": {"namespaces": [{"type": "mount"}], "resources": {"memory": {"limit": 1048576}}}}""";

    private Features() {}

    /** {@return the structure of features.md: maps, lists, strings and booleans, in the order of the document} */
    public static Map<String, Object> structure() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("ociVersionMin", OLDEST);
        all.put("ociVersionMax", Version.OCI);
        all.put("hooks", Vocabulary.hooks());
        all.put("mountOptions", Vocabulary.mountOptions());
        all.put("linux", linux());
        all.put("annotations", annotations());
        all.put("potentiallyUnsafeConfigAnnotations", unsafeAnnotations());
        return all;
    }

    private static Map<String, Object> linux() {
        Map<String, Object> linux = new LinkedHashMap<>();
        linux.put("namespaces", Vocabulary.namespaces());
        linux.put("capabilities", Vocabulary.capabilities());
        linux.put("cgroup", cgroup());
        linux.put("seccomp", seccomp());
        linux.put("apparmor", enabled(Field.APPARMOR));
        linux.put("selinux", enabled(Field.SELINUX));
        linux.put(
                "memoryPolicy",
                ordered("modes", Vocabulary.memoryPolicyModes(), "flags", Vocabulary.memoryPolicyFlags()));
        linux.put(
                "intelRdt",
                ordered(
                        "enabled",
                        Field.INTEL_RDT.isServed(),
                        "schemata",
                        Field.INTEL_RDT_SCHEMATA.isServed(),
                        "monitoring",
                        Field.INTEL_RDT_MONITORING.isServed()));
        linux.put("mountExtensions", Map.of("idmap", enabled(Field.ID_MAPPED_MOUNTS)));
        linux.put("netDevices", enabled(Field.NET_DEVICES));
        return linux;
    }

    private static Map<String, Object> cgroup() {
        return ordered(
                "v1",
                !planned(LEGACY, 0, null).cgroups().isEmpty(),
                "v2",
                !planned(UNIFIED, 0, null).cgroups().isEmpty(),
                "systemd",
                planned(UNIFIED, 0, "").scope() != null,
                "systemdUser",
                planned(UNIFIED, 1000, "/user.slice").scope() != null,
                "rdma",
                Field.RDMA.isServed());
    }

    /** What the host has not got is not served: lists are for who has libseccomp (features-linux.md, "Seccomp"). */
    private static Map<String, Object> seccomp() {
        if (Seccomp.version().isEmpty()) {
            return Map.of("enabled", false);
        }
        Map<String, Object> seccomp = new LinkedHashMap<>();
        seccomp.put("enabled", true);
        seccomp.put("actions", Vocabulary.seccompActions());
        seccomp.put("operators", Vocabulary.seccompOperators());
        seccomp.put(
                "archs",
                Vocabulary.seccompArchitectures().stream()
                        .filter(Seccomp::knowsArchitecture)
                        .toList());
        seccomp.put("knownFlags", Vocabulary.seccompFlags());
        seccomp.put(
                "supportedFlags",
                Vocabulary.seccompFlags().stream()
                        .filter(flag -> Seccomp.kernelTakes(SeccompProfile.FLAGS.getOrDefault(flag, 0L)))
                        .toList());
        return seccomp;
    }

    private static SortedMap<String, String> annotations() {
        SortedMap<String, String> annotations = new TreeMap<>();
        annotations.put("io.github.troupe.version", Version.TROUPE);
        Seccomp.version().ifPresent(version -> annotations.put("io.github.seccomp.libseccomp.version", version));
        return annotations;
    }

    /** A name that ends with a dot is a prefix (features.md, "potentiallyUnsafeConfigAnnotations"). */
    private static List<String> unsafeAnnotations() {
        List<String> names = new ArrayList<>(List.of("org.criu.config", ScopeAnnotations.PREFIX));
        names.addAll(Vocabulary.extensions());
        return names;
    }

    private static Map<String, Object> enabled(Field field) {
        return Map.of("enabled", field.isServed());
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return map;
    }

    /** {@return what a container with a limit would have on a host with these cgroups} */
    private static PlannedLaunch planned(CgroupLayout layout, int uid, @Nullable String systemd) {
        Bundle bundle = BundleReader.of(Path.of("/"), SAMPLE.getBytes(StandardCharsets.UTF_8));
        HostFacts host = new HostFacts("", "", layout, 0, -1, true, uid, HostFacts.DELEGATE, SecurityModules.NONE);
        LaunchContext context = new LaunchContext(
                new ContainerName("", "a"),
                "/run/a/c/a",
                new ConsoleWish.None(),
                Handover.NONE,
                false,
                false,
                true,
                false,
                systemd,
                host);
        return new Planner(_ -> {
                    throw new IllegalStateException("the sample has no filter");
                })
                .create(bundle, context);
    }
}
