package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.launch.Bytecode;
import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.protocol.ContainerName;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.BundleReader;
import io.troupe.supervisor.bundle.SeccompProfile;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import io.troupe.syscall.FileSystems;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Annotations as steps. */
class ExtensionStepsTest {
    private static final CgroupLayout UNIFIED =
            new CgroupLayout(List.of(), Optional.of(new Hierarchy(List.of("memory", "cpu"), "/cg", "/own/leaf")));
    private static final CgroupLayout LEGACY =
            new CgroupLayout(List.of(new Hierarchy(List.of("memory"), "/cg/memory", "/")), Optional.empty());
    private static final byte[] FILTER = {6, 0, 0, 0, 0, 0, (byte) 0xff, 0x7f};
    private static final String RAW =
            annotation("seccomp_bpf_data", Base64.getEncoder().encodeToString(FILTER));
    private static final String ASKING = """
            , "seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "frobnicate"], "action": "SCMP_ACT_NOTIFY"}]}""";

    /** Knows all calls but one. */
    private static final FilterCompiler COMPILER = new FilterCompiler() {
        @Override
        public Bytecode compile(SeccompProfile profile) {
            return new Bytecode(new byte[16]);
        }

        @Override
        public List<String> unknown(SeccompProfile profile) {
            return List.of("frobnicate");
        }
    };

    private static String annotation(String name, String value) {
        return "\"run.oci." + name + "\": \"" + value + "\"";
    }

    private static Bundle bundle(String annotations, String linux, String more) {
        String json = """
                {"ociVersion": "1.3.0", "root": {"path": "rootfs"}, "annotations": {%s},
                 "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0, "additionalGids": [7]}},
                 "linux": {"namespaces": [{"type": "mount"}, {"type": "cgroup"}] %s} %s}""".formatted(annotations, linux, more);
        return BundleReader.of(Path.of("/b"), json.getBytes(StandardCharsets.UTF_8));
    }

    private static PlannedLaunch create(
            Bundle bundle, CgroupLayout layout, @Nullable String systemd, @Nullable String receiver) {
        HostFacts host = new HostFacts(
                "6.18", "boot", layout, 40, -1, true, 0, HostFacts.DELEGATE, new SecurityModules(false, true));
        LaunchContext context = new LaunchContext(
                ContainerName.of("web1"),
                "/run/troupe/c/web1",
                new ConsoleWish.None(),
                new Handover(0, List.of(), null, false, receiver),
                false,
                false,
                true,
                false,
                systemd,
                host);
        return new Planner(COMPILER).create(bundle, context);
    }

    private static LaunchPlan plan(String annotations, String linux, String more) {
        return create(bundle(annotations, linux, more), UNIFIED, null, null).plan();
    }

    private static PlannedLaunch exec(Bundle bundle, @Nullable String receiver) {
        return new Planner(COMPILER)
                .exec(
                        bundle.config(),
                        bundle.config().process(),
                        new ExecContext(
                                ContainerName.of("web1"),
                                "/b",
                                42,
                                List.of(),
                                new ConsoleWish.None(),
                                new Handover(0, List.of(), null, false, receiver),
                                true,
                                SecurityModules.NONE,
                                -1L));
    }

    @Test
    void groups_are_the_callers_and_the_others_are_told_to_be_passed_over() {
        PlannedLaunch launch = create(bundle(annotation("keep_original_groups", "1"), "", ""), UNIFIED, null, null);

        assertThat(launch.plan().child()).contains(new Step.User(0, 0, List.of(7L), true));
        assertThat(launch.remarks().get())
                .containsExactly(
                        "config.json: process.user.additionalGids is passed over: the process keeps its caller's"
                                + " groups");
    }

    @Test
    void hooks_write_where_they_shall_if_there_are_any() {
        String files = annotation("hooks.stdout", "out") + "," + annotation("hooks.stderr", "/err");
        String hook = "\"startContainer\": [{\"path\": \"/h\"}]";

        assertThat(plan(files, "", ", \"hooks\": {" + hook + "}").before())
                .contains(new Step.HookOutput("/b/out", "/err"));
        assertThat(plan(files, "", "").before()).noneMatch(Step.HookOutput.class::isInstance);
        Bundle bundle = bundle(files, "", ", \"hooks\": {" + hook.replace("startContainer", "poststop") + "}");
        assertThat(new Planner(COMPILER)
                        .hooks("poststop", bundle.config().hooks().poststop(), bundle.config(), "a", "/b", "stopped", 0)
                        .before())
                .startsWith(new Step.ChangeDirectory("/b"), new Step.HookOutput("/b/out", "/err"));
    }

    @Test
    void a_receiver_gets_the_pidfd() {
        assertThat(plan(annotation("pidfd_receiver", "s"), "", "").after()).contains(new Step.SendPidfd("/b/s", " "));
    }

    @Test
    void a_filter_may_come_as_it_is_loaded() {
        assertThat(plan(RAW, "", "").child()).contains(new Step.Seccomp(new Bytecode(FILTER), 4));
        Bundle both = bundle(RAW, ASKING, "");
        assertThat(create(both, UNIFIED, null, null).plan().child())
                .contains(new Step.Seccomp(new Bytecode(FILTER), 4));
        assertThat(create(both, UNIFIED, null, null).remarks().get())
                .containsExactly("config.json: linux.seccomp is passed over: an annotation has the filter");
        assertThat(exec(bundle(RAW, "", ""), null).plan().child()).contains(new Step.Seccomp(new Bytecode(FILTER), 4));
    }

    @Test
    void who_is_asked_is_in_the_profile_or_an_annotation_or_the_environment() {
        String receiver = annotation("seccomp.receiver", "/annotated");
        String named = ASKING.replace("\"syscalls\"", "\"listenerPath\": \"/named\", \"syscalls\"");

        assertThat(plan(receiver, named, "").after()).contains(new Step.ConnectAgent("/named"));
        assertThat(create(bundle(receiver, ASKING, ""), UNIFIED, null, "/given")
                        .plan()
                        .after())
                .contains(new Step.ConnectAgent("/annotated"));
        assertThat(create(bundle("", ASKING, ""), UNIFIED, null, "/given")
                        .plan()
                        .after())
                .contains(new Step.ConnectAgent("/given"));
        assertThat(create(bundle(RAW, "", ""), UNIFIED, null, "/given").plan().child())
                .anyMatch(Step.SeccompNotify.class::isInstance);
        assertThat(exec(bundle("", ASKING, ""), "/given").plan().after()).contains(new Step.ConnectAgent("/given"));
        assertThat(create(bundle("", "", ""), UNIFIED, null, "/given").plan().after())
                .noneMatch(Step.ConnectAgent.class::isInstance);
        assertThatThrownBy(() -> plan("", ASKING, ""))
                .hasMessage(
                        "config.json: linux.seccomp.listenerPath: is missing: a rule has the action SCMP_ACT_NOTIFY."
                                + " Name the socket of who is asked, here or in RUN_OCI_SECCOMP_RECEIVER");
    }

    @Test
    void calls_that_are_not_known_may_be_refused() {
        String named = ASKING.replace("SCMP_ACT_NOTIFY", "SCMP_ACT_LOG");

        assertThat(plan(annotation("seccomp_fail_unknown_syscall", "0"), named, "")
                        .child())
                .anyMatch(Step.Seccomp.class::isInstance);
        assertThatThrownBy(() -> plan(annotation("seccomp_fail_unknown_syscall", "1"), named, ""))
                .hasMessage(
                        "config.json: linux.seccomp.syscalls: libseccomp does not know frobnicate. Remove them, or the"
                                + " annotation run.oci.seccomp_fail_unknown_syscall");
    }

    @Test
    void labels_may_be_another_option() {
        String mount = """
                , "mounts": [{"destination": "/t", "type": "tmpfs", "source": "tmpfs"}]""";
        assertThat(plan(annotation("mount_context_type", "rootcontext"), ", \"mountLabel\": \"a:b:c:s0\"", mount)
                        .child())
                .contains(new Step.Mount("tmpfs", "tmpfs", "/t", 0, List.of("rootcontext=a:b:c:s0"), 0, false));
    }

    @Test
    void a_mount_may_become_the_hierarchy_of_an_old_systemd() {
        String mount = """
                , "mounts": [{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]}]""";
        assertThat(plan(annotation("systemd.force_cgroup_v1", "/sys/fs/cgroup"), "", mount)
                        .child())
                .containsSubsequence(
                        new Step.Mount("tmpfs", "tmpfs", "/sys/fs/cgroup", 0, List.of("mode=755"), 0, false),
                        new Step.Mount(
                                "cgroup",
                                "cgroup",
                                "/sys/fs/cgroup/systemd",
                                1,
                                List.of("none", "name=systemd", "xattr"),
                                0,
                                false),
                        new Step.Remount("/sys/fs/cgroup", 1, 0));
    }

    @Test
    void a_scope_may_have_the_containers_cgroup_inside() {
        String limit = ", \"resources\": {\"memory\": {\"limit\": 1048576}}, \"cgroupsPath\": \"a.slice:p:n\"";
        PlannedLaunch launch =
                create(bundle(annotation("systemd.subgroup", "container"), limit, ""), UNIFIED, "", null);

        assertThat(launch.cgroups()).containsExactly("/cg/a.slice/p-n.scope/container");
        assertThat(launch.plan().after())
                .containsSubsequence(
                        new Step.AwaitScope(),
                        directory("/cg/a.slice/p-n.scope/container"),
                        new Step.WritePid(List.of("/cg/a.slice/p-n.scope/container/cgroup.procs")),
                        new Step.EnableControllers("/cg/a.slice/p-n.scope", List.of("memory")),
                        new Step.WriteFile("/cg/a.slice/p-n.scope/container/memory.max", "1048576"),
                        new Step.Tell());
        assertThat(create(bundle(annotation("systemd.subgroup", ""), limit, ""), UNIFIED, "", null)
                        .cgroups())
                .containsExactly("/cg/a.slice/p-n.scope");
    }

    @Test
    void what_is_for_a_scope_is_told_to_be_passed_over_without_one() {
        String both = annotation("systemd.subgroup", "a") + ", \"org.systemd.property.Description\": \"'b'\"";
        assertThat(create(bundle(both, "", ""), UNIFIED, null, null).remarks().get())
                .containsExactly(
                        "config.json: annotations[\"run.oci.systemd.subgroup\"] is passed over: systemd does not make the"
                                + " cgroup",
                        "config.json: annotations[\"org.systemd.property.Description\"] is passed over: systemd does not"
                                + " make the cgroup");
        assertThat(create(bundle(both, "", ""), UNIFIED, "", null).remarks().get())
                .isEmpty();
    }

    @Test
    void the_process_goes_on_to_a_cgroup_that_is_its_own() {
        PlannedLaunch launch = create(
                bundle(annotation("delegate-cgroup", "payload"), ", \"cgroupsPath\": \"/w\"", ""), UNIFIED, null, null);

        assertThat(launch.cgroups()).containsExactly("/cg/w");
        assertThat(launch.plan().before())
                .containsSubsequence(
                        new Step.EnableControllers("/cg", List.of("cpu", "memory")), new Step.IntoCgroup("/cg/w"));
        assertThat(launch.plan().child()).containsSubsequence(new Step.Unshare(0x0200_0000), new Step.Tell());
        assertThat(launch.plan().after())
                .containsSubsequence(
                        new Step.Await(),
                        directory("/cg/w/payload"),
                        new Step.WritePid(List.of("/cg/w/payload/cgroup.procs")),
                        new Step.EnableControllers("/cg/w", List.of("cpu", "memory")));
        assertThatThrownBy(() -> create(bundle(annotation("delegate-cgroup", "payload"), "", ""), LEGACY, null, null))
                .hasMessage(
                        "config.json: annotations[\"run.oci.delegate-cgroup\"]: a cgroup of version 1 cannot be given"
                                + " away safely. Remove the annotation");
    }

    private static Step directory(String path) {
        return new Step.MakeDirectory(path, 0755, FileSystems.CGROUP2_SUPER_MAGIC);
    }
}
