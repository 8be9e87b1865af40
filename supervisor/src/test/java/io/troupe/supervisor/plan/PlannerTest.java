package io.troupe.supervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.launch.Bytecode;
import io.troupe.launch.LaunchPlan;
import io.troupe.launch.Step;
import io.troupe.launch.StepFailure;
import io.troupe.protocol.ContainerName;
import io.troupe.protocol.Failure;
import io.troupe.protocol.FailureCode;
import io.troupe.supervisor.bundle.Bundle;
import io.troupe.supervisor.bundle.CapabilitySets;
import io.troupe.supervisor.bundle.Execution;
import io.troupe.supervisor.bundle.Extensions;
import io.troupe.supervisor.bundle.Hooks;
import io.troupe.supervisor.bundle.LinuxSection;
import io.troupe.supervisor.bundle.Namespaces;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.ProcessSection;
import io.troupe.supervisor.bundle.Resources;
import io.troupe.supervisor.bundle.RootSection;
import io.troupe.supervisor.bundle.Scheduling;
import io.troupe.supervisor.bundle.SeccompProfile;
import io.troupe.supervisor.bundle.SecurityLabels;
import io.troupe.supervisor.host.CgroupLayout;
import io.troupe.supervisor.host.CgroupLayout.Hierarchy;
import io.troupe.supervisor.host.HostFacts;
import io.troupe.supervisor.host.SecurityModules;
import io.troupe.supervisor.systemd.ScopeName;
import io.troupe.syscall.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final ContainerName NAME = ContainerName.of("web1");
    private static final Bytecode FILTER = new Bytecode(new byte[8]);
    private static final CgroupLayout V1 = new CgroupLayout(
            List.of(
                    new Hierarchy(List.of("memory"), "/cg/memory", "/own"),
                    new Hierarchy(List.of("cpuset"), "/cg/cpuset", "/")),
            Optional.empty());
    private static final CgroupLayout V2 =
            new CgroupLayout(List.of(), Optional.of(new Hierarchy(List.of("memory"), "/cg", "/own/leaf")));
    private static final SeccompProfile PROFILE =
            new SeccompProfile(SeccompProfile.Action.ALLOW, null, List.of(), List.of(), List.of());

    @Test
    void capabilities_come_after_the_user_and_the_filter_last_with_no_new_privileges() {
        List<Class<?>> order = order(plan(V1, true, Hooks.NONE).plan().child());
        assertThat(order)
                .containsSubsequence(
                        Step.EnterRoot.class,
                        Step.NoNewPrivileges.class,
                        Step.BoundingCapabilities.class,
                        Step.User.class,
                        Step.Capabilities.class,
                        Step.WorkingDirectory.class,
                        Step.FindProgram.class,
                        Step.Gate.class,
                        Step.Seccomp.class,
                        Step.Exec.class);
    }

    @Test
    void without_no_new_privileges_the_filter_comes_before_the_user_changes_and_behind_the_gate() {
        assertThat(order(plan(V1, false, Hooks.NONE).plan().child()))
                .containsSubsequence(Step.Gate.class, Step.Seccomp.class, Step.User.class, Step.Exec.class);
    }

    @Test
    void on_version_1_the_process_moves_itself_and_cpuset_is_left_alone() {
        PlannedLaunch launch = plan(V1, true, Hooks.NONE);
        assertThat(launch.cgroups()).containsExactly("/cg/memory/own/troupe/web1");
        assertThat(launch.plan().before()).noneMatch(Step.MakeDirectory.class::isInstance);
        assertThat(launch.plan().after())
                .startsWith(new Step.MakeDirectory("/cg/memory/own/troupe/web1", 0755, FileSystems.CGROUP_SUPER_MAGIC))
                .endsWith(new Step.Tell());
        assertThat(launch.plan().child())
                .containsSubsequence(
                        new Step.Await(), new Step.EnterCgroups(List.of("/cg/memory/own/troupe/web1/tasks")));
    }

    @Test
    void on_version_2_the_process_is_born_in_a_cgroup_beside_the_supervisors() {
        PlannedLaunch launch = plan(V2, true, Hooks.NONE);
        assertThat(launch.plan().before()).contains(new Step.IntoCgroup("/cg/own/troupe/web1"));
        assertThat(launch.plan().after()).isEmpty();
    }

    @Test
    void runtime_hooks_run_while_the_child_waits_before_it_enters_the_root() {
        Hooks.Hook hook = new Hooks.Hook("/bin/hook", List.of(), List.of(), 2);
        Hooks hooks = new Hooks(List.of(), List.of(hook), List.of(), List.of(hook), List.of(), List.of());
        LaunchPlan plan = plan(V2, true, hooks).plan();
        assertThat(order(plan.after()))
                .containsExactly(Step.Await.class, Step.ChangeDirectory.class, Step.Hook.class, Step.Tell.class);
        assertThat(order(plan.child()))
                .containsSubsequence(
                        Step.Root.class,
                        Step.Tell.class,
                        Step.Await.class,
                        Step.EnterRoot.class,
                        Step.Gate.class,
                        Step.Hook.class,
                        Step.Exec.class);
    }

    private static LaunchPlan exec(OciConfig config, ProcessSection process) {
        ExecContext context = new ExecContext(
                NAME, "/b", 42, List.of(), new ConsoleWish.None(), Handover.NONE, true, SecurityModules.NONE, -1L);
        return new Planner(_ -> FILTER).exec(config, process, context).plan();
    }

    @Test
    void an_exec_takes_the_root_of_the_containers_process_where_its_mount_namespace_is_not_its_own() {
        ProcessSection process = process(true, null);

        assertThat(exec(config(process, Hooks.NONE, Namespaces.Kind.PID), process)
                        .join())
                .containsExactly(
                        new Step.RootOf(42),
                        new Step.JoinProcess(Namespaces.Kind.PID.cloneFlag()),
                        new Step.ChangeRoot());
        assertThat(exec(config(process, Hooks.NONE), process).join())
                .containsExactly(new Step.RootOf(42), new Step.ChangeRoot());
        assertThat(exec(config(process, Hooks.NONE, Namespaces.Kind.MOUNT), process)
                        .join())
                .containsExactly(new Step.JoinProcess(Namespaces.Kind.MOUNT.cloneFlag()));
    }

    @Test
    void an_oom_score_is_given_from_outside_to_a_process_in_another_user_namespace() {
        ProcessSection process = process(true, -500);
        OciConfig config = config(process, Hooks.NONE, Namespaces.Kind.MOUNT, Namespaces.Kind.USER);
        LaunchPlan created = create(V2, config).plan();
        assertThat(created.after()).containsSubsequence(new Step.OomScoreAdjust(-500), new Step.Tell());
        assertThat(order(created.child())).startsWith(Step.Await.class, Step.BecomeRoot.class);
        assertThat(order(created.child())).doesNotContain(Step.OomScoreAdjust.class);

        LaunchPlan joined = exec(config, process);
        assertThat(joined.after()).containsExactly(new Step.OomScoreAdjust(-500), new Step.Tell());
        assertThat(order(joined.child())).startsWith(Step.Await.class, Step.BecomeRoot.class);
        assertThat(order(joined.child())).doesNotContain(Step.OomScoreAdjust.class);
    }

    @Test
    void an_oom_score_in_our_own_user_namespace_is_the_process_s_own_affair() {
        LaunchPlan plan = create(V2, config(process(true, 500), Hooks.NONE, Namespaces.Kind.MOUNT))
                .plan();
        assertThat(plan.after()).isEmpty();
        assertThat(order(plan.child())).containsSubsequence(Step.OomScoreAdjust.class, Step.EnterRoot.class);
    }

    @Test
    void a_program_that_is_not_found_is_told_in_the_words_that_podman_looks_for() {
        LaunchPlan plan = plan(V2, true, Hooks.NONE).plan();
        int index = order(plan.child()).indexOf(Step.FindProgram.class);
        Failure failure = StepFailures.toFailure(
                NAME, plan, new StepFailure(LaunchPlan.Section.CHILD, index, 2, ""), "No such file (ENOENT)");
        assertThat(failure.line()).isEqualTo("container web1: exec: \"sh\": executable file not found in $PATH");
        assertThat(failure.code()).isEqualTo(FailureCode.PROGRAM_NOT_FOUND);
    }

    @Test
    void a_program_that_was_found_and_is_not_there_is_told_with_its_errno() {
        LaunchPlan plan = plan(V2, true, Hooks.NONE).plan();
        int index = order(plan.child()).indexOf(Step.Exec.class);
        Failure failure = StepFailures.toFailure(
                NAME, plan, new StepFailure(LaunchPlan.Section.CHILD, index, 2, ""), "No such file (ENOENT)");
        assertThat(failure.line()).isEqualTo("container web1: exec: \"sh\": no such file or directory (ENOENT)");
        assertThat(failure.code()).isEqualTo(FailureCode.PROGRAM_NOT_FOUND);
    }

    @Test
    void shares_and_swap_are_converted_for_version_2() {
        assertThat(UnifiedResources.weight(2)).isEqualTo(1);
        assertThat(UnifiedResources.weight(1024)).isEqualTo(100);
        assertThat(UnifiedResources.weight(262_144)).isEqualTo(10_000);
        assertThat(UnifiedResources.swap(new Resources.Memory(100L, null, 150L, null, null, false, false)))
                .isEqualTo("50");
    }

    @Test
    void with_systemd_the_process_waits_for_its_scope_and_the_limits() {
        OciConfig config = config(process(true, null), Hooks.NONE, Namespaces.Kind.MOUNT);

        PlannedLaunch planned = create(V2, config, "");

        assertThat(planned.ahead()).isFalse();
        assertThat(order(planned.plan().before()))
                .doesNotContain(Step.MakeDirectory.class, Step.IntoCgroup.class, Step.DeviceFilter.class);
        assertThat(order(planned.plan().after()))
                .startsWith(Step.AwaitScope.class, Step.Tell.class, Step.MakeDirectory.class, Step.DeviceFilter.class)
                .as("systemd has put the process there")
                .doesNotContain(Step.WritePid.class);
        assertThat(planned.plan().child().getFirst()).isEqualTo(new Step.Await());
        assertThat(planned.scope()).isNotNull();
        assertThat(planned.scope().name()).isEqualTo(new ScopeName("system.slice", "troupe-web1.scope"));
        assertThat(planned.cgroups()).containsExactly("/cg/system.slice/troupe-web1.scope");
    }

    @Test
    void what_hooks_may_do_to_the_host_waits_until_the_intent_is_recorded() {
        Hooks.Hook hook = new Hooks.Hook("/bin/hook", List.of(), List.of(), 2);
        List<Hooks.Hook> one = List.of(hook);
        assertThat(plan(V1, true, Hooks.NONE).ahead()).isTrue();
        assertThat(plan(V1, true, new Hooks(one, List.of(), List.of(), List.of(), List.of(), List.of()))
                        .ahead())
                .isFalse();
        assertThat(plan(V1, true, new Hooks(List.of(), one, List.of(), List.of(), List.of(), List.of()))
                        .ahead())
                .isFalse();
        assertThat(plan(V1, true, new Hooks(List.of(), List.of(), one, List.of(), List.of(), List.of()))
                        .ahead())
                .isFalse();
    }

    @Test
    void a_new_network_that_comes_with_the_plan_is_entered_and_not_made() {
        OciConfig config = config(process(true, null), Hooks.NONE, Namespaces.Kind.MOUNT, Namespaces.Kind.NETWORK);
        long kind = Namespaces.Kind.NETWORK.cloneFlag();

        PlannedLaunch made = create(V1, config, null, false, null);
        PlannedLaunch taken = create(V1, config, null, true, null);

        assertThat(made.network()).isFalse();
        assertThat(made.plan().cloneFlags() & kind).isEqualTo(kind);
        assertThat(made.plan().child()).contains(new Step.LoopbackUp());
        assertThat(taken.network()).isTrue();
        assertThat(taken.plan().cloneFlags() & kind).isZero();
        assertThat(taken.plan().child()).contains(new Step.JoinProcess(kind)).doesNotContain(new Step.LoopbackUp());
    }

    @Test
    void a_user_namespace_owns_its_network_so_that_none_comes_with_the_plan() {
        OciConfig config = config(
                process(true, null), Hooks.NONE, Namespaces.Kind.MOUNT, Namespaces.Kind.NETWORK, Namespaces.Kind.USER);

        PlannedLaunch planned = create(V1, config, null, true, null);

        assertThat(planned.network()).isFalse();
        assertThat(planned.plan().cloneFlags() & Namespaces.Kind.NETWORK.cloneFlag())
                .isNotZero();
    }

    @Test
    void without_systemd_a_path_in_its_form_is_refused() {
        OciConfig scoped = config(process(true, null), Hooks.NONE, "a.slice:b:c", Namespaces.Kind.MOUNT);

        assertThatThrownBy(() -> create(V2, scoped))
                .hasMessageContaining("config.json: linux.cgroupsPath \"a.slice:b:c\"");
        assertThat(create(V2, scoped, "").cgroups()).containsExactly("/cg/a.slice/b-c.scope");
    }

    @Test
    void a_group_of_resctrl_is_made_before_the_process_and_entered_before_hooks() {
        var group = new ResctrlGroup("/r/a", true, true, "L3:0=f\n", "/r/a/mon_groups/web1", 7);
        Hooks hooks = new Hooks(
                List.of(new Hooks.Hook("/h", List.of(), List.of(), 0)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        LaunchPlan plan = create(V1, config(process(true, null), hooks, Namespaces.Kind.MOUNT), null, false, group)
                .plan();

        assertThat(plan.before())
                .startsWith(
                        new Step.MakeDirectory("/r/a", 0755, 7),
                        new Step.WriteFile("/r/a/schemata", "L3:0=f\n"),
                        new Step.MakeDirectory("/r/a/mon_groups/web1", 0755, 7));
        Step entered = new Step.WritePid(List.of("/r/a/tasks", "/r/a/mon_groups/web1/tasks"));
        assertThat(plan.after()).contains(entered);
        assertThat(plan.after().indexOf(entered)).isLessThan(order(plan.after()).indexOf(Step.Hook.class));
    }

    private static List<Class<?>> order(List<Step> steps) {
        return steps.stream().<Class<?>>map(Object::getClass).toList();
    }

    private static PlannedLaunch plan(CgroupLayout layout, boolean noNewPrivileges, Hooks hooks) {
        return create(layout, config(process(noNewPrivileges, null), hooks, Namespaces.Kind.MOUNT));
    }

    private static ProcessSection process(boolean noNewPrivileges, @Nullable Integer oomScoreAdj) {
        return new ProcessSection(
                List.of("sh"),
                List.of("PATH=/bin"),
                "/",
                new ProcessSection.User(0, 0, List.of(), null),
                false,
                null,
                List.of(),
                CapabilitySets.NONE,
                noNewPrivileges,
                oomScoreAdj,
                Scheduling.INHERITED,
                SecurityLabels.NONE);
    }

    private static OciConfig config(ProcessSection process, Hooks hooks, Namespaces.Kind... kinds) {
        return config(process, hooks, null, kinds);
    }

    private static OciConfig config(
            ProcessSection process, Hooks hooks, @Nullable String cgroupsPath, Namespaces.Kind... kinds) {
        Namespaces namespaces = new Namespaces(
                Stream.of(kinds).map(kind -> new Namespaces.Namespace(kind, "")).toList());
        LinuxSection linux = new LinuxSection(
                namespaces,
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                cgroupsPath,
                Resources.NONE,
                0,
                PROFILE,
                List.of(),
                List.of(),
                Map.of(),
                Execution.INHERITED,
                "",
                List.of(),
                null);
        return new OciConfig(
                "1.3.0",
                new RootSection("rootfs", true, false),
                process,
                "",
                "",
                List.of(),
                linux,
                hooks,
                Map.of(),
                Extensions.NONE);
    }

    private static PlannedLaunch create(CgroupLayout layout, OciConfig config) {
        return create(layout, config, null);
    }

    private static PlannedLaunch create(CgroupLayout layout, OciConfig config, @Nullable String systemd) {
        return create(layout, config, systemd, false, null);
    }

    private static PlannedLaunch create(
            CgroupLayout layout,
            OciConfig config,
            @Nullable String systemd,
            boolean network,
            @Nullable ResctrlGroup group) {
        Bundle bundle = new Bundle(Path.of("/b"), Path.of("/b/rootfs"), config, "{}", "", List.of());
        HostFacts host =
                new HostFacts("6.18", "boot", layout, 40, -1, true, 0, HostFacts.DELEGATE, SecurityModules.NONE);
        return new Planner(_ -> FILTER)
                .create(
                        bundle,
                        new LaunchContext(
                                NAME,
                                "/run/troupe/c/web1",
                                new ConsoleWish.None(),
                                Handover.NONE,
                                false,
                                false,
                                true,
                                false,
                                systemd,
                                network,
                                host,
                                group));
    }
}
