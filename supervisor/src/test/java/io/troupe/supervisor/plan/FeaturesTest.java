package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.troupe.launch.Bytecode;
import io.troupe.launch.Step;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.FailureException;
import io.troupe.protocol.Version;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import io.troupe.syscall.Seccomp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What features says is so: each name in it is taken, and a name that is not in it is refused, or told to be unknown. */
class FeaturesTest {
    private static final JsonNode ALL = new JsonMapper().valueToTree(Features.structure());
    private static final HostFacts HOST = new HostFacts(
            "6.18",
            "boot",
            new CgroupLayout(List.of(), Optional.of(new CgroupLayout.Hierarchy(List.of("pids"), "/cg", "/"))),
            40,
            -1,
            true,
            0,
            HostFacts.DELEGATE,
            SecurityModules.NONE);
    private static final String NEW_MOUNTS = "\"namespaces\": [{\"type\": \"mount\"}]";
    private static final String MAPS = """
            "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}],
            "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}]""";

    private static List<String> names(String pointer) {
        List<String> names = new ArrayList<>();
        ALL.at(pointer).forEach(name -> names.add(name.asText()));
        assertThat(names).as(pointer).isNotEmpty().doesNotHaveDuplicates();
        return names;
    }

    private static Bundle read(String process, String linux, String more) {
        String json = """
                {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, %s
                 "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0} %s},
                 "linux": {%s}}""".formatted(more, process, linux);
        return BundleReader.of(Path.of("/b"), json.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the plan, if nothing in the configuration is unknown} */
    private static PlannedLaunch planned(String process, String linux, String more, FilterCompiler filters) {
        Bundle bundle = read(process, linux, more);
        assertThat(bundle.unknownFields()).isEmpty();
        return new Planner(filters)
                .create(
                        bundle,
                        new LaunchContext(
                                new ContainerName("", "a"),
                                "/run/troupe/c/a",
                                new ConsoleWish.None(),
                                Handover.NONE,
                                false,
                                false,
                                true,
                                false,
                                HOST));
    }

    private static PlannedLaunch planned(String process, String linux, String more) {
        return planned(process, linux, more, _ -> new Bytecode(new byte[8]));
    }

    private static Stream<DynamicTest> each(String pointer, java.util.function.Consumer<String> taken) {
        return names(pointer).stream().map(name -> DynamicTest.dynamicTest(name, () -> taken.accept(name)));
    }

    @Test
    void versions_are_those_that_are_read() {
        for (String field : List.of("ociVersionMin", "ociVersionMax")) {
            String json = """
                    {"ociVersion": "%s", "root": {"path": "a"}, "linux": {}}""".formatted(ALL.path(field).asText());
            assertThat(BundleReader.of(Path.of("/b"), json.getBytes(StandardCharsets.UTF_8))
                            .unknownFields())
                    .isEmpty();
        }
        assertThat(ALL.path("ociVersionMax").asText()).isEqualTo(Version.OCI);
    }

    @TestFactory
    Stream<DynamicTest> each_hook_is_taken() {
        return each("/hooks", kind -> {
            Bundle bundle = read("", NEW_MOUNTS, hook(kind));
            assertThat(bundle.unknownFields()).isEmpty();
            var hooks = bundle.config().hooks();
            assertThat(Stream.of(
                                    hooks.prestart(),
                                    hooks.createRuntime(),
                                    hooks.createContainer(),
                                    hooks.startContainer(),
                                    hooks.poststart(),
                                    hooks.poststop())
                            .mapToInt(List::size)
                            .sum())
                    .isEqualTo(1);
        });
    }

    @Test
    void another_hook_is_told_to_be_unknown() {
        assertThat(read("", "", hook("prestop")).unknownFields()).containsExactly("hooks.prestop");
    }

    private static String hook(String kind) {
        return "\"hooks\": {\"" + kind + "\": [{\"path\": \"/hook\"}]},";
    }

    /** A word is taken if it is no data for the file system; those for whole file systems are, in the kernel's own words. */
    @TestFactory
    Stream<DynamicTest> each_mount_option_is_taken() {
        List<String> dataOfAny = List.of("sync", "dirsync", "lazytime", "mand");
        List<String> forBinds =
                List.of("bind", "rbind", "idmap", "ridmap", "src-nofollow", "dest-nofollow", "copy-symlink");
        return each("/mountOptions", word -> {
            String type = forBinds.contains(word) ? "bind" : "tmpfs";
            String linux = word.endsWith("idmap")
                    ? "\"namespaces\": [{\"type\": \"mount\"}, {\"type\": \"user\"}], " + MAPS
                    : NEW_MOUNTS;
            PlannedLaunch planned = planned("", linux, mount(type, word));
            List<Step.Mount> made = planned.plan().child().stream()
                    .filter(step ->
                            step instanceof Step.Mount mount && mount.target().equals("/m"))
                    .map(Step.Mount.class::cast)
                    .toList();
            made.forEach(mount ->
                    assertThat(mount.options()).isEqualTo(dataOfAny.contains(word) ? List.of(word) : List.of()));
        });
    }

    @Test
    void another_mount_option_is_refused_for_a_bind_and_the_file_systems_affair_else() {
        assertThat(names("/mountOptions")).doesNotContain("acl", "size=1");
        assertThatThrownBy(() -> read("", "", mount("bind", "acl")))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("\"acl\" is not an option of bind mounts");
        assertThat(read("", NEW_MOUNTS, mount("bind", "mode=755")).unknownFields())
                .containsExactly("mounts[0].options[0]: \"mode=755\"");
        assertThatThrownBy(() -> read("", "", mount("tmpfs", "move")))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("\"move\" is not served");
        PlannedLaunch planned = planned("", NEW_MOUNTS, mount("tmpfs", "acl"));
        assertThat(planned.plan().child())
                .anyMatch(step ->
                        step instanceof Step.Mount mount && mount.options().contains("acl"));
    }

    private static String mount(String type, String word) {
        return """
                "mounts": [{"destination": "/m", "type": "%s", "source": "/s", "options": ["%s"]}],""".formatted(type, word);
    }

    @TestFactory
    Stream<DynamicTest> each_namespace_is_taken() {
        return each("/linux/namespaces", type -> {
            String maps = type.equals("user") ? ", " + MAPS : "";
            String mount = type.equals("mount") ? "" : ", {\"type\": \"mount\"}";
            planned("", "\"namespaces\": [{\"type\": \"" + type + "\"}" + mount + "]" + maps, "");
        });
    }

    @Test
    void another_namespace_is_refused() {
        assertThatThrownBy(() -> read("", "\"namespaces\": [{\"type\": \"syslog\"}]", ""))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("\"syslog\" is not a kind of namespace");
    }

    @TestFactory
    Stream<DynamicTest> each_capability_is_taken() {
        return each("/linux/capabilities", name -> {
            PlannedLaunch planned =
                    planned(", \"capabilities\": {\"bounding\": [\"" + name + "\"]}", "\"namespaces\": []", "");
            assertThat(planned.warnings()).isEmpty();
            long bit = 1L << names("/linux/capabilities").indexOf(name);
            assertThat(planned.plan().child()).contains(new Step.BoundingCapabilities(bit));
        });
    }

    @Test
    void another_capability_is_left_out_and_told() {
        Bundle bundle = read(", \"capabilities\": {\"bounding\": [\"CAP_LUCK\"]}", "", "");
        assertThat(bundle.unknownFields()).containsExactly("process.capabilities.bounding[0]: \"CAP_LUCK\"");
    }

    private static String profile(String action, String operator, String architecture, String flag) {
        String listener = action.equals("SCMP_ACT_NOTIFY") ? "\"listenerPath\": \"/l\"," : "";
        return """
                "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "architectures": [%s], "flags": [%s], %s
                  "syscalls": [{"names": ["mkdir"], "action": "%s",
                                "args": [{"index": 0, "value": 1, "op": "%s"}]}]}""".formatted(architecture, flag, listener, action, operator);
    }

    private static void compiled(String seccomp) {
        PlannedLaunch planned = planned("", seccomp, "", new LibseccompCompiler());
        assertThat(planned.plan().child())
                .anyMatch(step -> step instanceof Step.Seccomp || step instanceof Step.SeccompNotify);
    }

    @TestFactory
    Stream<DynamicTest> each_action_operator_and_flag_makes_a_filter() {
        Assumptions.assumeTrue(Seccomp.version().isPresent(), "libseccomp is not installed");
        return Stream.of(
                        each("/linux/seccomp/actions", name -> compiled(profile(name, "SCMP_CMP_EQ", "", ""))),
                        each("/linux/seccomp/operators", name -> compiled(profile("SCMP_ACT_ERRNO", name, "", ""))),
                        each(
                                "/linux/seccomp/knownFlags",
                                name -> compiled(profile("SCMP_ACT_ERRNO", "SCMP_CMP_EQ", "", quoted(name)))))
                .flatMap(tests -> tests);
    }

    /** One filter has architectures of one byte order: libseccomp says so of the others, by name. */
    @TestFactory
    Stream<DynamicTest> each_architecture_is_known_to_libseccomp() {
        Assumptions.assumeTrue(Seccomp.version().isPresent(), "libseccomp is not installed");
        return each("/linux/seccomp/archs", name -> {
            String profile = profile("SCMP_ACT_ERRNO", "SCMP_CMP_EQ", quoted(name), "");
            try {
                compiled(profile);
            } catch (FailureException refused) {
                assertThat(refused).hasMessageContaining("seccomp_arch_add(3) on " + name + ": EDOM");
            }
        });
    }

    @Test
    void other_words_of_filters_are_refused() {
        for (String wrong : List.of(
                profile("SCMP_ACT_MAYBE", "SCMP_CMP_EQ", "", ""),
                profile("SCMP_ACT_ERRNO", "SCMP_CMP_NEAR", "", ""),
                profile("SCMP_ACT_ERRNO", "SCMP_CMP_EQ", "\"SCMP_ARCH_Z80\"", ""),
                profile("SCMP_ACT_ERRNO", "SCMP_CMP_EQ", "", "\"SECCOMP_FILTER_FLAG_FAST\""))) {
            assertThatThrownBy(() -> read("", wrong, ""))
                    .isInstanceOf(FailureException.class)
                    .message()
                    .containsAnyOf("SCMP_ACT_MAYBE", "SCMP_CMP_NEAR", "SCMP_ARCH_Z80", "SECCOMP_FILTER_FLAG_FAST");
        }
    }

    @Test
    void flags_are_supported_as_the_kernel_says() {
        Assumptions.assumeTrue(Seccomp.version().isPresent(), "libseccomp is not installed");
        assertThat(names("/linux/seccomp/knownFlags")).containsAll(names("/linux/seccomp/supportedFlags"));
        assertThat(names("/linux/seccomp/supportedFlags"))
                .contains("SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC");
        assertThat(Seccomp.kernelTakes(1L << 30)).isFalse();
    }

    @TestFactory
    Stream<DynamicTest> each_memory_policy_is_taken() {
        return Stream.concat(
                each("/linux/memoryPolicy/modes", mode -> {
                    boolean without = List.of("MPOL_DEFAULT", "MPOL_LOCAL").contains(mode);
                    policy(mode, without ? "" : "0", "");
                }),
                each("/linux/memoryPolicy/flags", flag -> policy("MPOL_BIND", "0", quoted(flag))));
    }

    private static void policy(String mode, String nodes, String flags) {
        String json = """
                "memoryPolicy": {"mode": "%s", "nodes": "%s", "flags": [%s]}""".formatted(mode, nodes, flags);
        assertThat(planned("", nodes.isEmpty() ? json.replace("\"nodes\": \"\",", "") : json, "")
                        .plan()
                        .child())
                .anyMatch(step -> step instanceof Step.MemoryPolicy);
    }

    @Test
    void another_memory_policy_is_refused() {
        assertThatThrownBy(() -> policy("MPOL_LUCK", "0", ""))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("\"MPOL_LUCK\" is not a memory policy");
        assertThatThrownBy(() -> policy("MPOL_BIND", "0", "\"MPOL_F_LUCK\""))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("\"MPOL_F_LUCK\" is not a flag");
    }

    @Test
    void all_that_is_a_matter_of_yes_or_no_is_served() {
        for (String pointer : List.of(
                "/linux/cgroup/v1",
                "/linux/cgroup/v2",
                "/linux/cgroup/systemd",
                "/linux/cgroup/systemdUser",
                "/linux/cgroup/rdma",
                "/linux/apparmor/enabled",
                "/linux/selinux/enabled",
                "/linux/intelRdt/enabled",
                "/linux/intelRdt/schemata",
                "/linux/intelRdt/monitoring",
                "/linux/mountExtensions/idmap/enabled",
                "/linux/netDevices/enabled")) {
            assertThat(ALL.at(pointer).asBoolean()).as(pointer).isTrue();
        }
    }

    @Test
    void annotations_that_change_what_is_done_are_named() {
        assertThat(names("/potentiallyUnsafeConfigAnnotations"))
                .contains("org.systemd.property.", "org.criu.config")
                .filteredOn(name -> name.startsWith("run.oci."))
                .hasSize(13);
    }

    /** Each is obeyed or refused: none is passed over as those are that mean nothing. */
    @TestFactory
    Stream<DynamicTest> each_annotation_of_them_is_known() {
        return names("/potentiallyUnsafeConfigAnnotations").stream()
                .filter(name -> name.startsWith("run.oci."))
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    try {
                        assertThat(annotated(name, "AAAAAAAAAAA=")
                                        .config()
                                        .extensions()
                                        .passedOver())
                                .isEmpty();
                    } catch (FailureException refused) {
                        assertThat(refused).hasMessageContaining("annotations[\"" + name + "\"]");
                    }
                }));
    }

    @Test
    void another_annotation_of_that_kind_is_told_to_be_unknown() {
        assertThat(annotated("run.oci.luck", "1").config().extensions().passedOver())
                .containsExactly("run.oci.luck");
        assertThat(annotated("org.example.luck", "1").config().extensions().passedOver())
                .isEmpty();
    }

    private static Bundle annotated(String name, String value) {
        return read("", "", "\"annotations\": {\"" + name + "\": \"" + value + "\"},");
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }
}
